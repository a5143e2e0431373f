import { nearestAxes, type Geometry, type Vec3 } from '@lungseg/core';

/**
 * A volume seen along the patient's axes, x to the left, y to the back, z to the head, without moving a voxel:
 * the voxel at (x, y, z) is `data[offset + x · stride[0] + y · stride[1] + z · stride[2]]`.
 */
export interface PatientView {
  readonly size: Vec3;
  /** In mm. */
  readonly spacing: Vec3;
  readonly offset: number;
  readonly stride: Vec3;
}

/** The view of volumes of this grid; an oblique one is seen along its nearest axes. */
export function patientView(geometry: Geometry): PatientView {
  const axes = nearestAxes(geometry.direction);
  const strides = [1, geometry.size[0], geometry.size[0] * geometry.size[1]];
  const order = [0, 1, 2].map((world) => axes.findIndex((axis) => axis.world === world));
  const pick = (values: ArrayLike<number>): Vec3 => [
    values[order[0]!]!,
    values[order[1]!]!,
    values[order[2]!]!,
  ];
  const stride = order.map((axis) => axes[axis]!.sign * strides[axis]!) as unknown as Vec3;
  const size = pick(geometry.size);
  const offset = stride.reduce((sum, step, world) => (step < 0 ? sum - step * (size[world]! - 1) : sum), 0);
  return { size, spacing: pick(geometry.spacing), offset, stride };
}
