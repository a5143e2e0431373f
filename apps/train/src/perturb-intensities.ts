import { Rng, toFloat32, type Transform } from '@lungseg/core';

/** Options of {@link perturbIntensities}, all in HU or shares. */
export interface PerturbIntensitiesOptions {
  readonly shiftHu: number;
  readonly scale: number;
  readonly noiseHu: number;
  readonly noiseProbability: number;
}

type Params = {
  readonly shift: number;
  readonly factor: number;
  readonly noise: number;
  readonly seed: number;
};

/** Normal numbers are drawn once in this many and then read from random places: noise needs no more variety. */
const TABLE = 1 << 15;

/** Scanner to scanner differences in one pass over the voxels: scale about 0 HU, shift, Gaussian noise. */
export function perturbIntensities(options: PerturbIntensitiesOptions): Transform<Params> {
  return {
    name: 'perturbIntensities',
    sampleParams: (rng) => ({
      shift: rng.uniform(-options.shiftHu, options.shiftHu),
      factor: 1 + rng.uniform(-options.scale, options.scale),
      noise: rng.bernoulli(options.noiseProbability) ? rng.uniform(0, options.noiseHu) : 0,
      seed: rng.uint32(),
    }),
    apply: (volume, { shift, factor, noise, seed }) => {
      if (volume.kind === 'label') return volume;
      const rng = new Rng(seed);
      const table = Float32Array.from({ length: noise > 0 ? TABLE : 0 }, () => rng.normal(0, noise));
      const data = Float32Array.from(toFloat32(volume).data);
      let place = 0;
      for (let i = 0; i < data.length; i++) {
        if ((i & 255) === 0) place = rng.uint32();
        const added = noise > 0 ? table[place++ & (TABLE - 1)]! : 0;
        data[i] = factor * data[i]! + shift + added;
      }
      return { ...volume, data };
    },
  };
}
