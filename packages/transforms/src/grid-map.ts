import { invertMat3, worldToIndex, type Geometry, type Mat3, type Vec3 } from '@lungseg/core';

/** From indices of one grid to indices of another: `matrix · index + offset`. */
export interface IndexMap {
  readonly matrix: Mat3;
  readonly offset: Vec3;
}

/** Along one axis of the output: the input axis it is parallel to, with `input = scale · output + offset`. */
export interface AxisMap {
  readonly axis: number;
  readonly scale: number;
  readonly offset: number;
}

/** Where each voxel of `output` lies on the grid of `input`. */
export function mapIndices(output: Geometry, input: Geometry): IndexMap {
  const inverse = invertMat3(input.direction);
  const matrix: number[] = [];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += inverse[row * 3 + k]! * output.direction[k * 3 + column]!;
      matrix.push((sum * output.spacing[column]!) / input.spacing[row]!);
    }
  }
  return { matrix: matrix as unknown as Mat3, offset: worldToIndex(input, output.origin) };
}

/** How far, in voxels of the input, ignoring a slight rotation may move a voxel of the output. */
const PARALLEL_TOLERANCE = 1e-4;

/** The map axis by axis, or undefined where the grids' axes are not parallel. */
export function mapAxes(map: IndexMap, outputSize: Vec3): readonly AxisMap[] | undefined {
  const axes: AxisMap[] = [];
  for (let column = 0; column < 3; column++) {
    const along = [0, 1, 2].map((row) => map.matrix[row * 3 + column]!);
    const axis = along.reduce(
      (best, value, row) => (Math.abs(value) > Math.abs(along[best]!) ? row : best),
      0,
    );
    const stray = along.some(
      (value, row) => row !== axis && Math.abs(value) * (outputSize[column]! - 1) > PARALLEL_TOLERANCE,
    );
    if (stray || axes.some((other) => other.axis === axis)) return undefined;
    axes.push({ axis, scale: along[axis]!, offset: map.offset[axis]! });
  }
  return axes;
}
