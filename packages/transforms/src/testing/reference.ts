import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSafetensors } from '@lungseg/core';
import type { Geometry, NamedArray, Vec3 } from '@lungseg/core';

/** The reference tensors of one case, by name. */
export function readReference(name: string): (tensor: string) => NamedArray {
  const file = join(process.cwd(), 'fixtures', `${name}.safetensors`);
  const { tensors } = parseSafetensors(readFileSync(file));
  return (tensor) => {
    const found = tensors.get(tensor);
    if (found === undefined) throw new Error(`no tensor ${tensor} in ${file}`);
    return found;
  };
}

/** Voxels of a [1, X, Y, Z] tensor, which has z fastest, with x fastest. */
export function toXFastest(data: ArrayLike<number>, size: Vec3): Float32Array {
  const [nx, ny, nz] = size;
  const result = new Float32Array(nx * ny * nz);
  for (let x = 0, n = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++) result[(z * ny + y) * nx + x] = data[n++]!;
    }
  }
  return result;
}

/** Size and voxels of a [1, X, Y, Z] tensor. */
export function volumeOfTensor({ shape, data }: NamedArray): { size: Vec3; data: Float32Array } {
  const size: Vec3 = [shape[1]!, shape[2]!, shape[3]!];
  return { size, data: toXFastest(data as Float32Array, size) };
}

/** A geometry from an RAS+ affine whose axes may be sheared, which `rasAffineToGeometry` refuses. */
export function shearedGeometry(affine: ArrayLike<number>, size: Vec3): Geometry {
  const lps = (row: number, column: number): number => (row < 2 ? -1 : 1) * affine[row * 4 + column]!;
  const spacing = [0, 1, 2].map((column) => Math.hypot(lps(0, column), lps(1, column), lps(2, column)));
  const direction = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => lps(row, column) / spacing[column]!),
  );
  return {
    size,
    spacing: spacing as unknown as Vec3,
    origin: [lps(0, 3), lps(1, 3), lps(2, 3)],
    direction: direction as unknown as Geometry['direction'],
  };
}

/** The largest difference of two arrays of the same length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let largest = 0;
  for (let n = 0; n < a.length; n++) {
    const difference = Math.abs(a[n]! - b[n]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
