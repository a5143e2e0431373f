import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { configSchema } from './config-schema.js';
import { IGNORED_LABEL } from './ignore-lesions.js';
import { loadCases } from './load-cases.js';
import type { PreparedCase } from './prepare-case.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-load-'));
  const geometry = createGeometry({ size: [40, 40, 40], spacing: [2, 2, 2] });
  const distance = (n: number, x: number): number =>
    Math.hypot((n % 40) - x, (Math.floor(n / 40) % 40) - 20, Math.floor(n / 1600) - 20);
  // A ball of lung with a tumour at its side, which a reference by a threshold leaves out.
  const label = Uint8Array.from({ length: 64_000 }, (_, n) =>
    distance(n, 20) < 14 && distance(n, 31) > 6 ? 1 : 0,
  );
  const image = Int16Array.from(label, (value) => (value === 1 ? -850 : 40));
  await writeVolume(join(folder, 'image.nii.gz'), createVolume(image, geometry));
  await writeVolume(join(folder, 'lung.nii.gz'), createVolume(label, geometry, 'label'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('lesions that a reference leaves out are ignored in training, in the cases that are named, and stay where they validate', async () => {
  const entry = (patient: string): object => ({
    ...{ name: patient, patient },
    ...{ image: join(folder, 'image.nii.gz'), label: join(folder, 'lung.nii.gz') },
  });
  const config = configSchema.parse({
    ...{ name: 'x', output: 'y', epochs: 1, stepsPerEpoch: 1 },
    data: { lesionsLeftOut: { cases: ['a', 'c'] } },
    preprocessing: { spacing: [2, 2, 2] },
  });
  const entries = { training: [entry('a'), entry('b')], validation: [entry('c')] };
  const { real, validation } = await loadCases(
    config,
    entries as Parameters<typeof loadCases>[1],
    () => undefined,
  );
  const ignored = ({ sample }: PreparedCase): number =>
    sample.label.data.filter((value) => value === IGNORED_LABEL).length;
  expect([...real, ...validation].map(ignored)).toEqual([expect.any(Number), 0, 0]);
  expect(ignored(real[0]!)).toBeGreaterThan(100);
  expect(real[0]!.sample.label.data.buffer).toBeInstanceOf(SharedArrayBuffer);
});
