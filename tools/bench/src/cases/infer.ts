import { join } from 'node:path';
import { selectBackend } from '@lungseg/backend';
import { createThoraxPhantom } from '@lungseg/data';
import { writeVolume } from '@lungseg/io';
import { saveModel, readModelDescription } from '@lungseg/models';
import { AHNet } from '@lungseg/networks';
import type { BenchCase } from '../bench-case.js';

/** What `infer` contenders are sent. */
export interface InferRequest {
  readonly input: string;
  /** A shipped model's name, or a folder. */
  readonly model: string;
  /** Where masks go, one a contender. */
  readonly folder: string;
}

const SIZE = [512, 512, 300] as const;
const WHAT = SIZE.join(' x ');

/** Writes a CT of a whole chest. */
async function writeCt(folder: string, say: (line: string) => void): Promise<string> {
  say(`making a CT of ${WHAT} ...`);
  const { image } = createThoraxPhantom({
    seed: 11,
    size: SIZE,
    spacing: [0.7, 0.7, 1.1],
    coverage: 'chest',
  });
  const input = join(folder, 'ct.nii.gz');
  await writeVolume(input, image);
  return input;
}

/** Inference as a user meets it, by the shipped model. */
export const infer: BenchCase = {
  name: 'infer',
  title: 'Inference',
  about:
    '`infer:run` on a made CT with the shipped model ahnet-small, from the start of the program to the mask on disk; what its stages took, ' +
    'and how far the mask agrees with the one of the native backend in float32.',
  contenders: [
    'infer-lungseg.js native float32',
    'infer-lungseg.js native auto',
    'infer-lungseg.js wasm float32',
  ],
  once: true,
  prepare: async (folder, say) => [
    {
      what: WHAT,
      request: { input: await writeCt(folder, say), model: 'ahnet-small', folder } satisfies InferRequest,
    },
  ],
};

/** The same with the network of the reference system, as it begins: its masks mean nothing. */
export const inferFullWidth: BenchCase = {
  name: 'infer-full-width',
  title: 'Inference at full width',
  about:
    "`infer:run` on a made CT with AH-Net at full width and its initial weights, on the shipped model's grid of Clara.",
  contenders: ['infer-lungseg.js native float32', 'infer-lungseg.js native auto'],
  once: true,
  prepare: async (folder, say) => {
    const input = await writeCt(folder, say);
    const model = join(folder, 'full-width');
    await writeFullWidth(model);
    return [{ what: WHAT, request: { input, model, folder } satisfies InferRequest }];
  },
};

async function writeFullWidth(folder: string): Promise<void> {
  await selectBackend('cpu');
  const { weights: _, ...small } = await readModelDescription('ahnet-small');
  const network = { ...small.network, width: 1 };
  const built = new AHNet(network, 1);
  const preprocessing = { ...small.preprocessing, spacing: [0.8, 0.8, 5] as [number, number, number] };
  const inference = { window: [320, 256, 64] as [number, number, number], overlap: 0.25 };
  await saveModel(
    folder,
    { ...small, name: 'full-width', network, preprocessing, inference },
    built.stateDict(),
  );
  built.dispose();
}
