import { describe, expect, test } from '@jest/globals';
import { axisCodes, IDENTITY_DIRECTION } from '@lungseg/core';
import { compareForm } from './compare-form.js';
import { FORMS } from './robustness-forms.js';
import { gridAround, renderChest } from './testing/chest.js';

const { image, leftRight } = renderChest(gridAround([42, 32, 25], [8, 8, 10], IDENTITY_DIRECTION));
/** The form of a mask that a segmentation free of errors would give: itself, for a form that keeps numbers. */
const exact = FORMS.filter(({ kind }) => kind === 'orientation' || kind === 'cropped' || kind === 'type');

describe('forms', () => {
  test('are the 48 ways to store a volume, each once, and the others', () => {
    const codes = FORMS.filter(({ kind }) => kind === 'orientation').map(({ apply }) =>
      axisCodes(apply(image).geometry),
    );
    expect(new Set(codes).size).toBe(48);
    expect(FORMS.length - 48).toBe(10);
  });

  test.each(exact.map((form) => [form.name, form] as const))('%s keeps every landmark', (_, form) => {
    const agreement = compareForm(leftRight, { ...form.apply(leftRight), kind: 'label' });
    expect(agreement).toEqual({ dice: 1, diceRight: 1, diceLeft: 1, sidesSwapped: false });
  });

  test('slices have the thickness that the name says', () => {
    for (const form of FORMS.filter(({ kind }) => kind === 'slices')) {
      expect(form.name).toBe(`slices of ${form.apply(image).geometry.spacing[2]} mm`);
    }
  });

  test('noise has its standard deviation', () => {
    const noisy = FORMS.find(({ kind }) => kind === 'noise')!.apply(image);
    const differences = Float64Array.from(image.data, (value, n) => noisy.data[n]! - value);
    const variance = differences.reduce((sum, d) => sum + d * d, 0) / differences.length;
    expect(Math.abs(Math.sqrt(variance) - 60)).toBeLessThan(1);
  });
});
