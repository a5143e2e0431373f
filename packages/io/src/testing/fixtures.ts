import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import type { Affine, NamedBytes, Vec3 } from '@lungseg/core';

/** One image that nibabel or SimpleITK wrote, and what it reads from it. */
export interface Fixture {
  readonly name: string;
  readonly file: NamedBytes;
  readonly extension: string;
  readonly size: Vec3;
  /** RAS+, row by row. */
  readonly affine: Affine;
  readonly dtype: string;
  readonly oracle: string;
  readonly values: readonly number[];
  /** The orientation by nibabel's aff2axcodes, where the fixture is about it. */
  readonly code?: string;
}

interface Stored {
  readonly size: Vec3;
  readonly values: readonly number[];
  readonly cases: readonly (Omit<Fixture, 'file' | 'size' | 'values'> & {
    readonly base64: string;
    readonly values?: readonly number[];
  })[];
}

/** The package's root: jest gives the path of the test file that runs. */
const packageRoot = (): string => dirname(dirname(expect.getState().testPath!));

/** The fixtures that fixtures/make_fixtures.py makes. */
export function readFixtures(): Fixture[] {
  const path = join(packageRoot(), 'fixtures', 'readers.json');
  const { size, values, cases } = JSON.parse(readFileSync(path, 'utf8')) as Stored;
  return cases.map(({ base64, ...rest }) => ({
    ...rest,
    values: rest.values ?? values,
    size,
    file: { name: `image${rest.extension}`, bytes: new Uint8Array(Buffer.from(base64, 'base64')) },
  }));
}

/** The folder of real CTs beside the checkout, which a test may find or not. */
export function sharedData(...path: readonly string[]): string {
  const shared = process.env.LUNGSEG_SHARED ?? join(packageRoot(), '..', '..', '..', 'shared');
  return join(shared, 'data', ...path);
}
