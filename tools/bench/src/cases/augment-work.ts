import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGeometry, createVolume, Rng, type Sample } from '@lungseg/core';
import { claraCovid19LungTraining, transformSample } from '@lungseg/transforms';
import type { AugmentRequest } from './augment.js';

/** What each thread runs: it reads the case once, and makes a sample of it for each job. */
export async function createWork({
  folder,
  size,
  spacing,
}: AugmentRequest): Promise<(job: number, seed: number) => Sample> {
  const geometry = createGeometry({ size, spacing });
  const bytes = async (name: string): Promise<ArrayBuffer> => {
    const data = await readFile(join(folder, name));
    return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  };
  const cached: Sample = {
    image: createVolume(new Float32Array(await bytes('image.f32')), geometry),
    label: createVolume(new Uint8Array(await bytes('label.u8')), geometry, 'label'),
  };
  const { augment } = claraCovid19LungTraining();
  return (_job, seed) => transformSample(augment, cached, new Rng(seed)).sample;
}
