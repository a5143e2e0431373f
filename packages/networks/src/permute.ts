import { ShapeError } from '@lungseg/core';

/**
 * Reorders the axes of a row-major array.
 *
 * @param data the values
 * @param shape its shape
 * @param order which axis of `data` comes first, second, ... in the result
 * @returns a new array; axis `a` of the result is axis `order[a]` of `data`
 * @throws ShapeError when the shape doesn't fit the data
 */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  if (count !== data.length || order.length !== shape.length) {
    throw new ShapeError(
      `An array of [${shape.join(', ')}] needs ${count} values. Received: ${data.length}.`,
    );
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const outShape = order.map((axis) => shape[axis]!);
  const outStrides = order.map((axis) => strides[axis]!);
  const result = new Float32Array(count);
  const index = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let i = 0; i < count; i++) {
    result[i] = data[offset]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += outStrides[axis]!;
      if (++index[axis]! < outShape[axis]!) break;
      offset -= outStrides[axis]! * outShape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The order that undoes `order`. */
export function inverseOrder(order: readonly number[]): number[] {
  const inverse = new Array<number>(order.length).fill(0);
  order.forEach((axis, position) => (inverse[axis] = position));
  return inverse;
}
