import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, parseSafetensors, ReadError, type NamedArray } from '@lungseg/core';

/** What a folder of reference tensors says of one case. */
export interface GoldenCase {
  readonly args?: Readonly<Record<string, unknown>>;
  readonly input_shape?: readonly number[];
  readonly [key: string]: unknown;
}

/** A folder of reference tensors as `make_golden.py` writes it. */
export class Golden {
  readonly seed: number;
  readonly cases: Readonly<Record<string, GoldenCase>>;

  /** @throws ReadError when the folder has no readable manifest.json */
  constructor(readonly folder: string) {
    const path = join(folder, 'manifest.json');
    try {
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
        seed: number;
        cases: Record<string, GoldenCase>;
      };
      this.seed = manifest.seed;
      this.cases = manifest.cases;
    } catch (cause) {
      throw new ReadError(
        path,
        `${folder} is not a folder of reference tensors: its manifest.json can't be read.`,
        {
          cause,
        },
      );
    }
  }

  /** The stored outputs of a case. */
  tensors(name: string): ReadonlyMap<string, NamedArray> {
    return parseSafetensors(readFileSync(join(this.folder, `${name}.safetensors`))).tensors;
  }

  /** `count` numbers in [-1, 1): murmur3's finaliser of (fnv1a(name) + seed + i * 0x9e3779b9). */
  uniform(name: string, count: number): Float32Array {
    const base = (fnv1a(name) + this.seed) >>> 0;
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      let h = (Math.imul(i, 0x9e3779b9) + base) >>> 0;
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
      h = (h ^ (h >>> 16)) >>> 0;
      values[i] = h / 2 ** 31 - 1;
    }
    return values;
  }
}

function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** A stored output, or an error that names it. */
export function expected(tensors: ReadonlyMap<string, NamedArray>, name: string): NamedArray {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new InvalidArgumentError(`The reference tensors lack '${name}'.`);
  return tensor;
}

/** max|a - b|; infinite where the sizes differ or a value is not a number. */
export function absoluteError(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) return Infinity;
  let difference = 0;
  for (let i = 0; i < reference.length; i++) {
    const delta = Math.abs(actual[i]! - reference[i]!);
    if (!(delta <= difference)) difference = Number.isNaN(delta) ? Infinity : delta;
  }
  return difference;
}

/** max|a - b| / max|b|; infinite where the sizes differ or a value is not a number. */
export function relativeError(actual: ArrayLike<number>, reference: NamedArray): number {
  const { data } = reference;
  if (data instanceof BigInt64Array) return Infinity;
  let scale = 0;
  for (const value of data) scale = Math.max(scale, Math.abs(value));
  return absoluteError(actual, data) / (scale || 1);
}
