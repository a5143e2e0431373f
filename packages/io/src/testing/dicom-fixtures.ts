import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import type { Affine, NamedBytes, Vec3 } from '@lungseg/core';

/** A CT series that GDCM, pydicom or highdicom encoded, and what pydicom and SimpleITK read from it. */
export interface DicomFixture {
  readonly name: string;
  readonly files: readonly NamedBytes[];
  readonly size: Vec3;
  /** RAS+, row by row. */
  readonly affine: Affine;
  readonly hu: Int16Array;
  /** How far decoders of lossy pixels may differ, in HU. */
  readonly tolerance: number;
}

interface Stored {
  readonly hu: string;
  readonly cases: readonly (Omit<DicomFixture, 'files' | 'hu'> & {
    readonly hu?: string;
    readonly base64: readonly string[];
  })[];
}

/** The series that fixtures/make_dicom_fixtures.py makes. */
export function readDicomFixtures(): DicomFixture[] {
  // jest gives the path of the test file that runs.
  const root = dirname(dirname(expect.getState().testPath!));
  const { hu, cases } = JSON.parse(readFileSync(join(root, 'fixtures', 'dicom.json'), 'utf8')) as Stored;
  const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  return cases.map(({ base64, ...rest }) => ({
    ...rest,
    hu: new Int16Array(bytesOf(rest.hu ?? hu).buffer),
    files: base64.map((text, k) => ({ name: `${k}.dcm`, bytes: bytesOf(text) })),
  }));
}
