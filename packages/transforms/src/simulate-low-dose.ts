import { InvalidArgumentError, Rng, toJson, type Transform, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmountOver, drawAmount, type Amount } from './amount.js';
import { normalNumbers } from './normal-numbers.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link simulateLowDose}. */
export interface SimulateLowDoseOptions {
  /** The share of the dose that is left, over 0 and up to 1; a range to draw it from, or one number. */
  readonly dose: Amount;
  /** Standard deviation, in HU, of the noise of the full dose, on average over the volume; 15 by default. */
  readonly fullDoseNoiseHu?: number;
}

/** Parameters of {@link simulateLowDose}; the seed makes replaying exact. */
export type SimulateLowDoseParams = { readonly dose: number; readonly seed: number };

/** Attenuation of water at the mean energy of a CT's beam, per mm. */
const WATER_PER_MM = 0.0193;
/** Rays through more than this attenuation reach the detector's own noise. */
const MOST_ATTENUATION = 9;

/**
 * Adds the noise that a CT in HU would have with less dose: more of it where rays pass through more of the body, as at
 * the shoulders, and little in thin parts. The noise of a ray grows with the exponential of the attenuation along it;
 * a voxel's variance is taken as the mean of the two rays through it along i and j. Labels stay as they are.
 *
 * The variance added on average is `fullDoseNoiseHu² · (1 / dose - 1)`. The noise is independent from voxel to
 * voxel; blur or sharpen it with the image for a reconstruction kernel. There is no inverse.
 *
 * @param options how little dose
 * @throws InvalidArgumentError when the dose is not over 0 and up to 1, or the noise is negative
 * @see Zeng et al. 2015, https://doi.org/10.1109/TNS.2015.2467219, for the statistics of the rays
 * @example
 * simulateLowDose({ dose: [0.1, 1] });
 */
export function simulateLowDose(options: SimulateLowDoseOptions): Transform<SimulateLowDoseParams> {
  options = copyOf(options);
  const { dose, fullDoseNoiseHu = 15 } = options;
  assertAmountOver('dose', dose, 0, 1);
  if (!(fullDoseNoiseHu >= 0 && Number.isFinite(fullDoseNoiseHu))) {
    throw new InvalidArgumentError(`fullDoseNoiseHu must not be negative. Received: ${fullDoseNoiseHu}.`);
  }
  return {
    name: 'simulateLowDose',
    options: toJson({ dose, fullDoseNoiseHu }),
    sampleParams: (rng) => ({ dose: drawAmount(rng, dose), seed: rng.uint32() }),
    apply: (volume, params) => {
      if (volume.kind === 'label') return volume;
      const added = fullDoseNoiseHu * Math.sqrt(1 / params.dose - 1);
      return addNoise(volume, added, normalNumbers(new Rng(params.seed), volume.data.length));
    },
  };
}

/** @param noise standard normal numbers; becomes the result */
function addNoise(volume: Volume, standardDeviation: number, noise: Float32Array): Volume {
  const { size } = volume.geometry;
  const [nx, ny, nz] = size;
  const input = toFastArray(volume.data);
  const [alongI, alongJ] = rayVariances(volume);
  let total = 0;
  for (const variance of alongI) total += variance / (2 * ny * nz);
  for (const variance of alongJ) total += variance / (2 * nx * nz);
  const scale = (standardDeviation * standardDeviation) / (2 * total);
  const { sqrt } = Math;
  for (let z = 0, n = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = alongI[z * ny + y]!;
      for (let x = 0; x < nx; x++, n++) {
        noise[n] = input[n]! + noise[n]! * sqrt(scale * (row + alongJ[z * nx + x]!));
      }
    }
  }
  return { ...volume, data: noise };
}

/** The exponential of the attenuation along each row (by slice and j), and each column (by slice and i). */
function rayVariances(volume: Volume): [Float64Array, Float64Array] {
  const { size, spacing } = volume.geometry;
  const [nx, ny, nz] = size;
  const input = toFastArray(volume.data);
  const rows = new Float64Array(ny * nz);
  const columns = new Float64Array(nx * nz);
  for (let z = 0, n = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let sum = 0;
      for (let x = 0; x < nx; x++, n++) {
        const density = input[n]! > -1000 ? 1 + input[n]! / 1000 : 0;
        sum += density;
        columns[z * nx + x]! += density;
      }
      rows[z * ny + y] = sum;
    }
  }
  const toVariance = (mm: number) => (sum: number) =>
    Math.exp(Math.min(sum * mm * WATER_PER_MM, MOST_ATTENUATION));
  return [rows.map(toVariance(spacing[0])), columns.map(toVariance(spacing[1]))];
}
