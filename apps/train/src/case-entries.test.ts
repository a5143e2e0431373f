import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { caseEntries } from './case-entries.js';

let folder: string;
let datalist: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-folds-'));
  datalist = join(folder, 'datalist.json');
  // Nine scans of five patients, two of them set aside for validation.
  const entry = (n: number): object => ({
    image: `scan-${n}.nii.gz`,
    label: `lung-${n}.nii.gz`,
    patient: `patient-${n % 5}`,
  });
  writeFileSync(
    datalist,
    JSON.stringify({ training: [0, 1, 2, 3, 5, 6, 7].map(entry), validation: [4, 9].map(entry) }),
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const entries = (count: number, index: number) =>
  caseEntries({ datalist, folds: { count, index, seed: 3 } }, (path) => path);
const patients = (cases: readonly { readonly patient: string }[]): string[] =>
  cases.map(({ patient }) => patient);

describe('caseEntries', () => {
  test("takes the datalist's own split where there is one fold", async () => {
    const { training, validation } = await entries(1, 0);
    expect([training.length, validation.length]).toEqual([7, 2]);
    expect(training[0]).toEqual({
      name: 'patient-0',
      patient: 'patient-0',
      image: join(folder, 'scan-0.nii.gz'),
      label: join(folder, 'lung-0.nii.gz'),
    });
  });

  test('splits anew for cross-validation: each case validates once, no patient is on both sides', async () => {
    const folds = await Promise.all([0, 1, 2].map((index) => entries(3, index)));
    for (const { training, validation } of folds) {
      expect(training.length + validation.length).toBe(9);
      expect(validation.length).toBeGreaterThan(0);
      const trained = new Set(patients(training));
      expect(patients(validation).filter((patient) => trained.has(patient))).toEqual([]);
    }
    const judged = folds.flatMap(({ validation }) => validation.map(({ image }) => image)).sort();
    expect(judged).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9].map((n) => join(folder, `scan-${n}.nii.gz`)));
  });

  test('calls each validation case differently, since results are kept by name', async () => {
    const { training, validation } = await entries(1, 0);
    const parent = basename(folder);
    expect(validation.map(({ name }) => name)).toEqual([
      `patient-4 (${parent}/scan-4)`,
      `patient-4 (${parent}/scan-9)`,
    ]);
    expect(patients(validation)).toEqual(['patient-4', 'patient-4']);
    // Weights call both scans of a patient by its name.
    expect(training.map(({ name }) => name)).toEqual(patients(training));
  });

  test('has none where there is no datalist', async () => {
    expect(await caseEntries({ folds: { count: 1, index: 0, seed: 0 } }, (path) => path)).toEqual({
      training: [],
      validation: [],
    });
  });

  const ofLists = (lists: object, folds = { count: 1, index: 0, seed: 0 }) => {
    const path = join(folder, 'lists.json');
    writeFileSync(path, JSON.stringify(lists));
    return caseEntries({ datalist: path, folds }, (relative) => relative);
  };
  const entry = (image: string, patient?: string): object => ({ image, label: 'lung.nii.gz', patient });

  test.each([
    ['a patient', [entry('a.nii', 'p1'), entry('b.nii', 'p2')], [entry('c.nii', 'p1')], 'p1'],
    ['an image', [entry('x/a.nii'), entry('b.nii')], [entry('x/../x/a.nii')], join('x', 'a.nii')],
    [
      'an image of two patients',
      [entry('a.nii', 'p1'), entry('b.nii', 'p3')],
      [entry('a.nii', 'p2'), entry('c.nii', 'p3')],
      'p3, ',
    ],
  ])('refuses %s in both training and validation', async (_, training, validation, named) => {
    const found = ofLists({ training, validation });
    await expect(found).rejects.toThrow(
      'lists.json must not have a patient or an image in both training and validation',
    );
    await expect(found).rejects.toThrow(named);
    await expect(found).rejects.toThrow(
      'Take them out of one list; other scans of a patient are split anew by data.folds, too.',
    );
  });

  test('takes images of one name in different folders, of no patient, for different ones', async () => {
    const { training, validation } = await ofLists({
      training: [entry('a/ct.nii')],
      validation: [entry('b/ct.nii')],
    });
    expect([training.length, validation.length]).toEqual([1, 1]);
  });

  test.each([
    ['p1/image.nii.gz', 'p1'],
    ['p2/IMAGE.NII.GZ', 'p2'],
    ['p3/image.mha', 'p3'],
    ['p4/image.mhd', 'p4'],
    ['p5/image.nrrd', 'p5'],
    ['p6/image.dcm', 'p6'],
    ['p7/image.zip', 'p7'],
    ['p8/dicom', 'p8'],
    ['p9/DICOM.zip', 'p9'],
    ['set/ct.1.mha', 'ct.1'],
    ['set/ct-2', 'ct-2'],
  ])('calls %s of no patient %s', async (image, name) => {
    const { training } = await ofLists({ training: [entry(image)] });
    expect(training).toMatchObject([{ name, patient: name }]);
  });

  test('tells cases of no patient apart that would be called the same, the same in each fold', async () => {
    const paths = [
      'a/ct.nii',
      'b/ct.nii',
      'x/p1/image.nii',
      'y/p1/image.mha',
      'z/ct.nii',
      'z/ct.mha',
      'q/one.nii',
    ];
    const training = [
      ...paths.map((path) => entry(path)),
      entry('scan-1.nii', 'one'),
      entry('scan-2.nii', 'one'),
    ];
    const expected = [
      'ct (a/ct)',
      'ct (b/ct)',
      'p1 (x/p1/image)',
      'p1 (y/p1/image)',
      `ct (${join(folder, 'z/ct.nii')})`,
      `ct (${join(folder, 'z/ct.mha')})`,
      'one (q/one)',
      'one',
      'one',
    ];
    const whole = await ofLists({ training });
    expect(patients(whole.training)).toEqual(expected);
    for (const index of [0, 1]) {
      const fold = await ofLists({ training }, { count: 2, index, seed: 0 });
      expect([...patients(fold.training), ...patients(fold.validation)].sort()).toEqual([...expected].sort());
    }
  });

  test('takes an image that is listed twice for one case', async () => {
    const { training } = await ofLists({ training: [entry('a/ct.nii'), entry('a/ct.nii')] });
    expect(patients(training)).toEqual(['ct', 'ct']);
  });
});
