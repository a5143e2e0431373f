import type { VoxelArray } from '@lungseg/core';

type VoxelArrayConstructor<A extends VoxelArray> = new (length: number) => A;

/** A new array of the same type, filled with zeros. */
export function arrayLike<A extends VoxelArray>(data: A, length: number): A {
  return new (data.constructor as VoxelArrayConstructor<A>)(length);
}

/** One of four array types for the eight that voxels may have; see {@link bitsOf}. */
export type Bits = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/**
 * The same memory as unsigned numbers of the same width. Loops that only move voxels work on these, so that the
 * engine sees at most four array types and keeps them fast.
 */
export function bitsOf(data: VoxelArray): Bits {
  const { buffer, byteOffset, length } = data;
  switch (data.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new Float64Array(buffer, byteOffset, length);
  }
}

/** Array types that arithmetic loops accept; three at most, so that the engine keeps them fast. */
export type FastArray = Uint8Array | Int16Array | Float32Array;

/** The voxels as one of the types that arithmetic loops accept; copied to Float32Array only where needed. */
export function toFastArray(data: VoxelArray): FastArray {
  return data instanceof Uint8Array || data instanceof Int16Array || data instanceof Float32Array
    ? data
    : new Float32Array(data);
}
