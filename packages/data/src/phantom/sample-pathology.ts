import type { Rng, Vec3 } from '@lungseg/core';
import type { PhantomLesion, PhantomPathology } from './phantom-params.js';

function sampleLesions(rng: Rng): PhantomLesion[] {
  const lesions: PhantomLesion[] = [];
  const add = (
    kind: PhantomLesion['kind'],
    count: number,
    r: [number, number],
    hu: [number, number],
  ): void => {
    for (let n = 0; n < count; n++) {
      const radius = rng.uniform(...r);
      const radii: Vec3 = [
        radius * rng.uniform(0.7, 1.4),
        radius * rng.uniform(0.7, 1.4),
        radius * rng.uniform(0.7, 1.5),
      ];
      lesions.push({
        kind,
        pick: rng.uniform(),
        radii,
        hu: rng.uniform(...hu),
        raggedness: rng.uniform(0.2, 1),
      });
    }
  };
  if (rng.bernoulli(0.25)) add('emphysema', rng.integer(5, 40), [3, 18], [-990, -955]);
  if (rng.bernoulli(0.35)) add('ground-glass', rng.integer(1, 12), [8, 42], [-620, -280]);
  if (rng.bernoulli(0.3)) add('consolidation', rng.integer(1, 7), [6, 38], [-120, 55]);
  if (rng.bernoulli(0.35)) add('nodule', rng.integer(1, 6), [2, 9], [-50, 80]);
  if (rng.bernoulli(0.12)) add('nodule', 1, [12, 32], [10, 70]);
  if (rng.bernoulli(0.05)) add('cavity', rng.integer(1, 3), [10, 26], [0, 60]);
  return lesions;
}

/** Draws how scarred the lungs are; mostly not at all. */
export function sampleFibrosis(rng: Rng): number {
  return rng.bernoulli(0.12) ? rng.uniform(0.2, 1) : 0;
}

/** Draws what else is wrong with a chest; often nothing. */
export function samplePathology(rng: Rng): Omit<PhantomPathology, 'fibrosis'> {
  const amount = (probability: number, low: number, high: number): number =>
    rng.bernoulli(probability) ? rng.uniform(low, high) : 0;
  return {
    lesions: sampleLesions(rng),
    effusionRight: amount(0.14, 0.04, 0.4),
    effusionLeft: amount(0.14, 0.04, 0.4),
    effusionHu: rng.uniform(0, 28),
    pneumothoraxRight: amount(0.025, 0.05, 0.3),
    pneumothoraxLeft: amount(0.025, 0.05, 0.3),
    pleura: amount(0.2, 1.5, 7),
  };
}
