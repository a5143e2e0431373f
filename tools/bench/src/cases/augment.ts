import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Vec3 } from '@lungseg/core';
import { createThoraxPhantom } from '@lungseg/data';
import { scaleIntensityRange, transformVolume } from '@lungseg/transforms';
import type { BenchCase } from '../bench-case.js';

/** Where the cached case lies, and what is wanted of it: what contenders of `augment` are sent. */
export interface AugmentRequest {
  /** image.f32 and label.u8, voxels alone, x fastest. */
  readonly folder: string;
  readonly size: Vec3;
  readonly spacing: Vec3;
  /** Threads or processes that make samples. */
  readonly workers: number;
  /** How many samples are to be made and handed over. */
  readonly samples: number;
}

const SIZE: Vec3 = [420, 420, 70];
const SPACING: Vec3 = [0.8, 0.8, 5];
const SAMPLES = 24;

/** The random part of the Clara recipe on a case that lies prepared in memory, beside MONAI and TorchIO. */
export const augment: BenchCase = {
  name: 'augment',
  title: 'Augmentation',
  about:
    `The random part of the Clara recipe on a prepared case of ${SIZE.join(' x ')} voxels that lies in memory: image and label ` +
    'cropped to 224 x 224 x 32, every second crop around a voxel of the lungs, turned about the long axis by up to 15°, flipped along each axis ' +
    'half the time, intensities shifted; handed over to the main thread or process. TorchIO has no shift: it is spared that.',
  contenders: ['augment-lungseg.js', 'augment-monai.py', 'augment-torchio.py'],
  prepare: async (folder, say) => {
    say(`making a case of ${SIZE.join(' x ')} ...`);
    await writeCase(folder);
    return [1, 2].map((workers) => ({
      what: `${SAMPLES} samples, ${workers} worker${workers > 1 ? 's' : ''}`,
      count: SAMPLES,
      request: augmentRequest(folder, workers, SAMPLES),
    }));
  },
};

/** Whether memory stays flat: the most that the process holds, quarter by quarter. */
export const augmentMemory: BenchCase = {
  name: 'augment-memory',
  title: 'Memory of augmentation',
  about: '2,000 samples of the case above in one process, by two worker threads: memory must stay flat.',
  contenders: ['augment-lungseg.js'],
  once: true,
  prepare: async (folder, say) => {
    say(`making a case of ${SIZE.join(' x ')} ...`);
    await writeCase(folder);
    return [1, 501, 1001, 1501].map((first) => ({
      what: `samples ${first} to ${first + 499}`,
      count: 500,
      request: augmentRequest(folder, 2, 500),
    }));
  },
};

/** What contenders are sent that make samples of the case that {@link writeCase} writes. */
export const augmentRequest = (folder: string, workers: number, samples: number): AugmentRequest => ({
  folder,
  size: SIZE,
  spacing: SPACING,
  workers,
  samples,
});

/** Writes the prepared case as its voxels alone, which any program can read. */
export async function writeCase(folder: string): Promise<void> {
  const { image, label } = createThoraxPhantom({ seed: 7, size: SIZE, spacing: SPACING, coverage: 'chest' });
  const scaled = transformVolume(scaleIntensityRange({ from: [-1500, 500] }), image);
  await writeFile(join(folder, 'image.f32'), Float32Array.from(scaled.data));
  await writeFile(join(folder, 'label.u8'), Uint8Array.from(label.data));
}
