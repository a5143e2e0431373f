import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { splitLeftRight } from './index.js';
import { readMask } from './testing/nifti.js';

const shared = process.env['LUNGSEG_SHARED'] ?? join(process.cwd(), '..', '..', '..', 'shared');

// Which reference labels lie in the right lung: lung_lr numbers sides, lobes numbers lobes from the left upper one on.
const cases = [
  ['cip-ct64', 'lung_lr.nii.gz', [1]],
  ['petctdx-a0001', 'lung_lr.nii.gz', [1]],
  ['petctdx-a0002', 'lung_lr.nii.gz', [1]],
  ['lidc-0001', 'lobes.nii.gz', [3, 4, 5]],
] as const;

describe('splitLeftRight', () => {
  for (const [name, reference, rightLabels] of cases) {
    const folder = join(shared, 'data', name);
    const run = existsSync(join(folder, reference)) ? test : test.skip;
    run(`gives the sides of the reference, ${reference}, for the lungs of ${name}`, () => {
      const sides = splitLeftRight(readMask(join(folder, 'lung.nii.gz'))).data;
      const truth = readMask(join(folder, reference)).data;
      const isRight = new Set<number>(rightLabels);
      let agreed = 0;
      let differed = 0;
      for (let n = 0; n < truth.length; n++) {
        if (truth[n] === 0 || sides[n] === 0) continue;
        if ((sides[n] === 1) === isRight.has(truth[n]!)) agreed++;
        else differed++;
      }
      expect(agreed).toBeGreaterThan(50_000);
      expect(differed / agreed).toBeLessThan(1e-4);
    });
  }
});
