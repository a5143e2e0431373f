// What the threads of run-samples.ts run.
import { createGeometry, createVolume, Rng, type Sample } from '@lungseg/core';
import { transformSample } from '@lungseg/transforms';
import { augment } from './augment.js';

/** Gives a function that augments a case that is kept. */
export function createWork(): (job: number, seed: number) => Sample {
  const geometry = createGeometry({ size: [56, 48, 24], spacing: [1, 1, 3] });
  const rng = new Rng(1);
  const noise = Int16Array.from({ length: 56 * 48 * 24 }, () => rng.integer(-1000, 400));
  const mask = Uint8Array.from(noise, (hu) => (hu < -600 ? 1 : 0));
  const sample = {
    image: createVolume(noise, geometry),
    label: createVolume(mask, geometry, 'label'),
  };
  return (_job, seed) => transformSample(augment, sample, new Rng(seed)).sample;
}
