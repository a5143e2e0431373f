import { readFileSync } from 'node:fs';

/** What fixtures/make_fixtures.py wrote with nibabel, numpy, torch and a second sfc32. */
export interface Expected {
  readonly rng: Readonly<Record<string, readonly number[]>>;
  readonly orientations: readonly {
    readonly affine: readonly number[];
    readonly codes: string;
    readonly index: readonly [number, number, number];
    readonly ras: readonly [number, number, number];
  }[];
  readonly halves: {
    readonly values: readonly number[];
    readonly float16: readonly number[];
    readonly bfloat16: readonly number[];
  };
}

/** A file of core's fixtures. */
export function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
}

export const expected = JSON.parse(new TextDecoder().decode(fixture('expected.json'))) as Expected;
