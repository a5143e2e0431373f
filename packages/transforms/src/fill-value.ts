import { InvalidArgumentError, type VoxelArray } from '@lungseg/core';
import { arrayLike } from './voxel-arrays.js';

/** Whether voxels of this type can hold a value, but for what lies behind its decimal point; others wrap. */
export function canHold(data: VoxelArray, value: number): boolean {
  const one = arrayLike(data, 1);
  if (one instanceof Float32Array || one instanceof Float64Array) return true;
  one[0] = value;
  return one[0] === Math.trunc(value);
}

/**
 * Refuses a value that voxels can't hold.
 *
 * @param name the option that gave it
 * @throws InvalidArgumentError when it is out of the range of their type
 */
export function assertCanHold(name: 'fill' | 'border', data: VoxelArray, value: number): void {
  if (canHold(data, value)) return;
  const bits = 8 * data.BYTES_PER_ELEMENT;
  const [lowest, highest] = canHold(data, -1)
    ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
    : [0, 2 ** bits - 1];
  throw new InvalidArgumentError(
    `${name} must be a number that the voxels, a ${data.constructor.name}, can hold: ${lowest} to ${highest}. Received: ${value}. Give another value, or voxels of another type, for instance by toFloat32.`,
  );
}
