import type { Geometry, Json, Transform } from '@lungseg/core';

/** A place in the patient, LPS in mm, that is changed where it stands, since that is done often. */
export type MutablePlace = [number, number, number];

/** Where a result's contents lay before. */
export interface Displacement {
  /** Moves a place of the result to the place before, from which its value comes. */
  move(place: MutablePlace): void;
  /** Over how many mm the movement changes: the distance between control points. */
  readonly scale: number;
}

/**
 * A transform that says where its result's voxels come from, so that `spatial` can fold a chain of such into one
 * resampling. Most only choose another grid, on which every landmark keeps its place in the patient.
 */
export interface SpatialTransform<P extends Json = Json> extends Transform<P> {
  /** The grid of the result, for a volume on this grid. */
  outputGrid(grid: Geometry, params: P): Geometry;
  /** How contents are moved in the patient, where they are; undefined where every landmark keeps its place. */
  displacement?(grid: Geometry, params: P): Displacement | undefined;
}

/** Whether a transform can be a step of `spatial`. */
export function isSpatial<P extends Json>(transform: Transform<P>): transform is SpatialTransform<P> {
  return 'outputGrid' in transform;
}

/** Turns a displacement around, by fixed-point iteration: where does what lay here before lie now? */
export function invertDisplacement(displacement: Displacement): Displacement {
  const moved: MutablePlace = [0, 0, 0];
  const moveBack = (place: MutablePlace): void => {
    const [x, y, z] = place;
    for (let n = 0; n < ITERATIONS; n++) {
      moved[0] = place[0];
      moved[1] = place[1];
      moved[2] = place[2];
      displacement.move(moved);
      const dx = x - moved[0];
      const dy = y - moved[1];
      const dz = z - moved[2];
      place[0] += dx;
      place[1] += dy;
      place[2] += dz;
      if (dx * dx + dy * dy + dz * dz < TOLERANCE_MM * TOLERANCE_MM) return;
    }
  };
  return { move: moveBack, scale: displacement.scale };
}

const ITERATIONS = 50;
const TOLERANCE_MM = 1e-3;
