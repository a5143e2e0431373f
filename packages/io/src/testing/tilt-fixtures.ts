import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import type { Affine, NamedBytes, Vec3 } from '@lungseg/core';

/** A CT series of a tilted gantry, and what SimpleITK makes of it on a grid of right angles. */
export interface TiltFixture {
  readonly name: string;
  readonly files: readonly NamedBytes[];
  /** Between the slices' normal and the line along which they stand. */
  readonly degrees: number;
  /** The rescale slope: where it isn't a whole number, HU aren't rounded. */
  readonly slope: number;
  readonly size: Vec3;
  /** RAS+, row by row. */
  readonly affine: Affine;
  /** Interpolated linearly, not rounded; air where no slice is. */
  readonly hu: Float32Array;
}

interface Stored {
  readonly cases: readonly (Omit<TiltFixture, 'files' | 'hu'> & {
    readonly hu: string;
    readonly base64: readonly string[];
  })[];
}

/** The series that fixtures/make_tilt_fixtures.py makes. */
export function readTiltFixtures(): TiltFixture[] {
  // jest gives the path of the test file that runs.
  const root = dirname(dirname(expect.getState().testPath!));
  const { cases } = JSON.parse(readFileSync(join(root, 'fixtures', 'tilt.json'), 'utf8')) as Stored;
  const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  return cases.map(({ base64, hu, ...rest }) => ({
    ...rest,
    hu: new Float32Array(bytesOf(hu).buffer),
    files: base64.map((text, k) => ({ name: `${k}.dcm`, bytes: bytesOf(text) })),
  }));
}
