import { invertMat3, Rng, type Geometry } from '@lungseg/core';
import { setWeights } from './cubic-spline.js';
import type { Displacement, MutablePlace } from './spatial-transform.js';

/** What makes a displacement. */
export interface SplineDisplacementOptions {
  /** Distance between control points along the grid's axes, in mm. */
  readonly controlSpacing: number;
  /** The farthest that a control point moves along x, y and z, in mm. */
  readonly farthest: number;
  readonly seed: number;
}

/** Cells beyond the grid's edges, so that the displacement is smooth up to them. */
const CELLS_AROUND = 1;

/**
 * A cubic B-spline over control points that cover a grid, each moved at random. Far outside of the grid, places are moved as
 * where the control points end.
 */
export function splineDisplacement(grid: Geometry, options: SplineDisplacementOptions): Displacement {
  const { controlSpacing, farthest } = options;
  const rng = new Rng(options.seed);
  const extents = grid.size.map((n, axis) => ((n - 1) * grid.spacing[axis]!) / controlSpacing);
  const [nx, ny, nz] = extents.map((extent) => Math.floor(extent) + 4 + 2 * CELLS_AROUND) as [
    number,
    number,
    number,
  ];
  const controls = Float64Array.from({ length: 3 * nx * ny * nz }, () => rng.uniform(-farthest, farthest));
  const m = invertMat3(grid.direction).map((value) => value / controlSpacing);
  const { origin } = grid;
  const [wx, wy, wz] = [new Float64Array(4), new Float64Array(4), new Float64Array(4)];
  /** The control point before that on the left, and the weights of the four. */
  const place = (at: number, extent: number, weights: Float64Array): number => {
    const inside = Math.min(Math.max(at, -CELLS_AROUND), extent + CELLS_AROUND) + CELLS_AROUND;
    const cell = Math.floor(inside);
    setWeights(weights, inside - cell);
    return cell;
  };
  const move = (p: MutablePlace): void => {
    const [x, y, z] = [p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]];
    const i = place(m[0]! * x + m[1]! * y + m[2]! * z, extents[0]!, wx);
    const j = place(m[3]! * x + m[4]! * y + m[5]! * z, extents[1]!, wy);
    const k = place(m[6]! * x + m[7]! * y + m[8]! * z, extents[2]!, wz);
    let [dx, dy, dz] = [0, 0, 0];
    for (let c = 0; c < 4; c++) {
      for (let b = 0; b < 4; b++) {
        const weight = wz[c]! * wy[b]!;
        let at = 3 * (((k + c) * ny + j + b) * nx + i);
        for (let a = 0; a < 4; a++, at += 3) {
          const w = weight * wx[a]!;
          dx += w * controls[at]!;
          dy += w * controls[at + 1]!;
          dz += w * controls[at + 2]!;
        }
      }
    }
    p[0] += dx;
    p[1] += dy;
    p[2] += dz;
  };
  return { move, scale: controlSpacing };
}
