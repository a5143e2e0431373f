import type { VoxelArray } from '@lungseg/core';

/** The types of number that image files hold. */
export type ScalarType =
  'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<ScalarType, unknown>;

/** How many bytes a number of this type takes. */
export function bytesPerScalar(type: ScalarType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}

/** The type of number that an array holds. */
export function scalarTypeOf(data: VoxelArray): ScalarType {
  const found = Object.entries(ARRAYS).find(([, array]) => data instanceof array);
  return found![0] as ScalarType;
}

const MACHINE_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The numbers that a file's bytes hold: a view of the bytes where they allow it, else a copy.
 *
 * @param bytes exactly the numbers' bytes
 * @param type their type; 64-bit integers become int32 where they all fit, else float64
 * @param littleEndian the order of their bytes
 */
export function decodeScalars(bytes: Uint8Array, type: ScalarType, littleEndian: boolean): VoxelArray {
  const width = bytesPerScalar(type);
  let source = bytes;
  const swap = width > 1 && littleEndian !== MACHINE_IS_LITTLE_ENDIAN;
  // A copy also where the memory is not aligned; not slice(), which shares memory where `bytes` is a Node Buffer.
  if (swap || source.byteOffset % width !== 0) source = new Uint8Array(source);
  if (swap) swapBytes(source, width);
  const array = new ARRAYS[type](source.buffer as ArrayBuffer, source.byteOffset, source.byteLength / width);
  return array instanceof BigInt64Array || array instanceof BigUint64Array ? narrow(array) : array;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

function narrow(wide: BigInt64Array | BigUint64Array): Int32Array | Float64Array {
  const fits = wide.every((value: bigint) => value >= -0x80000000n && value <= 0x7fffffffn);
  const narrowed = fits ? new Int32Array(wide.length) : new Float64Array(wide.length);
  for (let i = 0; i < wide.length; i++) narrowed[i] = Number(wide[i]);
  return narrowed;
}

/** The little-endian bytes of an array, as files hold them: a view on machines of that order. */
export function bytesOfScalars(data: VoxelArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (MACHINE_IS_LITTLE_ENDIAN || data.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = new Uint8Array(bytes);
  swapBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}
