import { axisCodes, InvalidArgumentError, nearestAxes, type Volume } from '@lungseg/core';
import { permuteAxes, permuteGeometry, type AxisFlags, type AxisOrder } from './axes.js';
import { firstVolume } from './sample.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link orientation}. */
export interface OrientationOptions {
  /** Where the axes i, j, k shall run to: one letter each of R/L, A/P, S/I, for instance `LPS` or `RAS`. */
  readonly axcodes: string;
}

/** Parameters of {@link orientation}: where the axes ran, and how they are permuted and reversed. */
export type OrientationParams = {
  readonly from: string;
  readonly order: AxisOrder;
  readonly flips: AxisFlags;
};

/**
 * Permutes and reverses axes so that they run to the given sides, as near as an oblique volume allows. Voxels are
 * moved, never interpolated, and keep their place in the patient; the inverse is exact.
 *
 * @param options where the axes shall run to
 * @throws InvalidArgumentError when `axcodes` doesn't name the three axes, each once; by `apply`, when the volumes
 *   of a sample run to different sides
 * @see MONAI `Orientation`; the letters are those of nibabel's `aff2axcodes`
 * @example
 * transformVolume(orientation({ axcodes: 'RAS' }), ct);
 */
export function orientation(options: OrientationOptions): SpatialTransform<OrientationParams> {
  const targets = parseAxcodes(options.axcodes);
  return {
    name: 'orientation',
    options: { axcodes: options.axcodes },
    sampleParams: (_rng, sample) => permutationTo(firstVolume(sample), targets),
    apply: (volume, params) => {
      const codes = axisCodes(volume.geometry);
      if (codes !== params.from) {
        throw new InvalidArgumentError(
          `The volumes of a sample must run to the same sides, ${params.from}. Received: ${codes}. Orient each on its own.`,
        );
      }
      return permuteAxes(volume, params.order, params.flips);
    },
    invert: (volume, { order, flips }) => {
      const back = [0, 1, 2].map((axis) => order.indexOf(axis)) as [number, number, number];
      return permuteAxes(volume, back, [flips[back[0]]!, flips[back[1]]!, flips[back[2]]!]);
    },
    outputGrid: (grid, { order, flips }) => permuteGeometry(grid, order, flips),
  };
}

/**
 * The volume with its axes running to the given sides: {@link orientation} for a volume on its own.
 *
 * @param volume any volume
 * @param axcodes for instance `LPS`
 * @throws InvalidArgumentError when `axcodes` doesn't name the three axes, each once
 * @example
 * reorient(mask, axisCodes(ct.geometry)); // back to the scanner's axes
 */
export function reorient<V extends Volume>(volume: V, axcodes: string): V {
  const { order, flips } = permutationTo(volume, parseAxcodes(axcodes));
  return permuteAxes(volume, order, flips);
}

interface Target {
  readonly world: number;
  readonly sign: 1 | -1;
}

const LETTERS: Readonly<Record<string, Target>> = {
  L: { world: 0, sign: 1 },
  R: { world: 0, sign: -1 },
  P: { world: 1, sign: 1 },
  A: { world: 1, sign: -1 },
  S: { world: 2, sign: 1 },
  I: { world: 2, sign: -1 },
};

function parseAxcodes(axcodes: string): readonly Target[] {
  const targets = [...axcodes].map((letter) => LETTERS[letter]);
  const worlds = new Set(targets.map((target) => target?.world));
  if (targets.length !== 3 || worlds.size !== 3 || worlds.has(undefined)) {
    throw new InvalidArgumentError(
      `axcodes must be one letter each of R or L, A or P, S or I, for instance LPS. Received: ${axcodes}.`,
    );
  }
  return targets as readonly Target[];
}

function permutationTo(volume: Volume, targets: readonly Target[]): OrientationParams {
  const axes = nearestAxes(volume.geometry.direction);
  const order = targets.map(({ world }) => axes.findIndex((axis) => axis.world === world));
  const flips = targets.map(({ sign }, n) => axes[order[n]!]!.sign !== sign);
  return {
    from: axisCodes(volume.geometry),
    order: order as unknown as AxisOrder,
    flips: flips as unknown as AxisFlags,
  };
}
