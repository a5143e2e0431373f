import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import type { Affine, NamedBytes, Vec3 } from '@lungseg/core';

/** An image in one of the 48 orientations, and what SimpleITK reads from it. */
export interface OrientationFixture {
  readonly name: string;
  /** `.dcm` for a series, else that of the one file. */
  readonly extension: string;
  /** By nibabel's aff2axcodes. */
  readonly code: string;
  readonly files: readonly NamedBytes[];
  readonly size: Vec3;
  /** RAS+, row by row. */
  readonly affine: Affine;
  /** HU, i fastest. */
  readonly values: readonly number[];
}

interface Stored {
  readonly values: readonly number[];
  readonly cases: readonly (Omit<OrientationFixture, 'files' | 'values'> & {
    readonly values?: readonly number[];
    readonly base64: readonly string[];
  })[];
}

/** The images that fixtures/make_orientation_fixtures.py makes. */
export function readOrientationFixtures(): OrientationFixture[] {
  // jest gives the path of the test file that runs.
  const root = dirname(dirname(expect.getState().testPath!));
  const { values, cases } = JSON.parse(
    readFileSync(join(root, 'fixtures', 'orientations.json'), 'utf8'),
  ) as Stored;
  return cases.map(({ base64, ...rest }) => ({
    ...rest,
    values: rest.values ?? values,
    files: base64.map((text, n) => ({
      name: `${n}${rest.extension}`,
      bytes: new Uint8Array(Buffer.from(text, 'base64')),
    })),
  }));
}
