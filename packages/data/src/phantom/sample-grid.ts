import type { Rng, Vec3 } from '@lungseg/core';
import type { PhantomGrid, PhantomLungs, PhantomParams } from './phantom-params.js';

/**
 * What of the body the grid covers: the whole chest, a part of it, the chest with much of the abdomen or the neck, or
 * the abdomen or the head without any lung.
 */
export const PHANTOM_COVERAGES = ['chest', 'cropped', 'long', 'abdomen', 'head'] as const;

/** One of {@link PHANTOM_COVERAGES}. */
export type PhantomCoverage = (typeof PHANTOM_COVERAGES)[number];

/** What is fixed when the rest of a phantom is drawn at random. */
export interface PhantomOptions {
  /** Voxel spacing along x, y, z in mm; by default 0.6 to 1.0 in plane and slices of 0.75 to 10. */
  readonly spacing?: Vec3;
  /** Number of voxels along x, y, z; by default what the field of view and the coverage need. */
  readonly size?: Vec3;
  /** By default drawn: chest 70 %, cropped 12 %, long 13 %, abdomen 3 %, head 2 %. */
  readonly coverage?: PhantomCoverage;
  /** Whether axes may run backwards; true by default. */
  readonly flips?: boolean;
}

/** Draws the grid of a phantom: its coverage, field of view, spacing and orientation. */
export function sampleGrid(
  rng: Rng,
  options: PhantomOptions,
  {
    pose,
    body,
    lungs,
  }: Pick<PhantomParams, 'pose' | 'body'> & { readonly lungs: Pick<PhantomLungs, 'height' | 'recessBack'> },
  thickness: number,
): PhantomGrid {
  const coverage = options.coverage ?? drawCoverage(rng);
  const { scale, centre } = pose;
  const fieldOfView =
    coverage === 'cropped' && rng.bernoulli(0.4) ? rng.uniform(220, 300) : rng.uniform(310, 500);
  const pixel = rng.uniform(0.6, 1);
  const spacing: Vec3 = options.spacing ?? [pixel, pixel, thickness];
  const low = (-lungs.recessBack - 8) * scale;
  const high = (lungs.height + 18) * scale;
  const [bottom, top] = ((): [number, number] => {
    if (coverage === 'abdomen') {
      const upper = low - rng.uniform(25, 60) * scale;
      return [upper - rng.uniform(150, 300), upper];
    }
    if (coverage === 'head') {
      const lower = (lungs.height + rng.uniform(40, 110)) * scale;
      return [lower, (lungs.height + 345) * scale];
    }
    if (coverage === 'long') return [low - rng.uniform(40, 220), high + rng.uniform(10, 130) * scale];
    if (coverage === 'cropped') {
      const span = (high - low) * rng.uniform(0.3, 0.8);
      const start = rng.uniform(low, high - span);
      return [start, start + span];
    }
    return [low - rng.uniform(0, 50), high + rng.uniform(0, 25)];
  })();
  const inPlane = Math.round(fieldOfView / spacing[0]);
  const size: Vec3 = options.size ?? [
    inPlane,
    Math.round(fieldOfView / spacing[1]),
    Math.max(8, Math.round((top - bottom) / spacing[2])),
  ];
  // A grid of fixed size covers the same middle, except that an abdomen hangs from its top.
  const extent = (size[2] - 1) * spacing[2];
  const first = coverage === 'abdomen' ? top - extent : (top + bottom - extent) / 2;
  const jitter = fieldOfView < 300 ? 45 : 12;
  const y = centre[1] + (0.06 * body.cageHalfDepth + 6) * scale + rng.normal(0, 0.7 * jitter);
  const start: Vec3 = [
    centre[0] + rng.normal(0, jitter) - ((size[0] - 1) * spacing[0]) / 2,
    y - ((size[1] - 1) * spacing[1]) / 2,
    centre[2] + first,
  ];
  return orientGrid(rng, options.flips ?? true, { size, spacing, start });
}

function orientGrid(
  rng: Rng,
  mayFlip: boolean,
  { size, spacing, start }: { size: Vec3; spacing: Vec3; start: Vec3 },
): PhantomGrid {
  const flip = [0.12, 0.25, 0.2].map((probability) => mayFlip && rng.bernoulli(probability));
  const sign = flip.map((flipped) => (flipped ? -1 : 1)) as [number, number, number];
  const origin = start.map((value, axis) =>
    flip[axis] === true ? value + (size[axis]! - 1) * spacing[axis]! : value,
  ) as unknown as Vec3;
  return { size, spacing, origin, direction: [sign[0], 0, 0, 0, sign[1], 0, 0, 0, sign[2]] };
}

function drawCoverage(rng: Rng): PhantomCoverage {
  const at = rng.uniform();
  if (at < 0.7) return 'chest';
  if (at < 0.82) return 'cropped';
  if (at < 0.95) return 'long';
  return at < 0.98 ? 'abdomen' : 'head';
}
