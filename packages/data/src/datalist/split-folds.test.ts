import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DatalistEntry } from './datalist.js';
import { splitFolds } from './split-folds.js';

const entriesOf = (patients: readonly number[]): DatalistEntry[] =>
  patients.map((patient, n) => ({ image: `${n}.nii`, ...(patient === 0 ? {} : { patient: `p${patient}` }) }));

describe('splitFolds', () => {
  test('every case is validated once and no patient is on both sides, for any list', () => {
    const lists = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 2, max: 5 }), fc.nat(), (patients, folds, seed) => {
        const entries = entriesOf(patients);
        const count = new Set(patients.filter((p) => p > 0)).size + patients.filter((p) => p === 0).length;
        fc.pre(count >= folds);
        const split = splitFolds(entries, { folds, seed });
        expect(
          split
            .flatMap(({ validation }) => validation)
            .map((e) => e.image)
            .sort(),
        ).toEqual(entries.map((e) => e.image).sort());
        for (const { training, validation } of split) {
          expect(training.length + validation.length).toBe(entries.length);
          expect(validation.length).toBeGreaterThan(0);
          const known = new Set(training.flatMap((e) => e.patient ?? []));
          expect(validation.some((e) => e.patient !== undefined && known.has(e.patient))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('folds of patients with one case each differ by one at most; the seed decides, the order does not', () => {
    const entries = entriesOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const images = (seed: number, list = entries): string[][] =>
      splitFolds(list, { folds: 3, seed }).map(({ validation }) => validation.map((e) => e.image).sort());
    expect(
      images(1)
        .map((fold) => fold.length)
        .sort(),
    ).toEqual([3, 4, 4]);
    expect(images(1)).toEqual(images(1, [...entries].reverse()));
    expect(images(1)).not.toEqual(images(2));
  });

  test('entries that say their fold are split as they say', () => {
    const list = [2, 0, 1, 0].map((fold, n) => ({ image: `${n}.nii`, patient: `p${n}`, fold }));
    const split = splitFolds(list, { folds: 3, seed: 5 });
    expect(split.map(({ validation }) => validation.map(({ image }) => image))).toEqual([
      ['1.nii', '3.nii'],
      ['2.nii'],
      ['0.nii'],
    ]);
    expect(split[2]!.training).toEqual(list.slice(1));
  });

  test.each([
    [[0, 1, undefined], 'each case must have one from 0 to 1. Received none for 2.nii.'],
    [[0, 1, 2], 'each case must have one from 0 to 1. Received 2 for 2.nii.'],
    [[0, 1, 1], 'All cases of a patient must be in one fold. Received 0 and 1 for patient p0.'],
  ])('refuses folds that cannot be: %j', (folds, message) => {
    const list = folds.map((fold, n) => ({
      image: `${n}.nii`,
      patient: `p${n % 2}`,
      ...(fold === undefined ? {} : { fold }),
    }));
    expect(() => splitFolds(list, { folds: 2 })).toThrow(message);
  });

  test('refuses a fold that the entries leave empty, which would be judged by nothing', () => {
    const list = [0, 1, 0, 1].map((fold, n) => ({ image: `${n}.nii`, fold }));
    expect(() => splitFolds(list, { folds: 3 })).toThrow(
      'each must have a case. Received none in fold 2 of 3. Ask for as many folds as the datalist gives.',
    );
  });

  test('refuses more folds than patients, and an image listed twice', () => {
    const two = entriesOf([1, 1, 2]);
    expect(() => splitFolds(two, { folds: 3 })).toThrow(
      'folds must be an integer from 2 to the number of patients, 2. Received: 3.',
    );
    expect(() => splitFolds([...two, two[0]!], { folds: 2 })).toThrow('Received twice: 0.nii.');
  });
});
