import { describe, expect, test } from '@jest/globals';
import { IDENTITY_DIRECTION, type Volume } from '@lungseg/core';
import { FORMS } from './robustness-forms.js';
import { gridAround, renderChest } from './testing/chest.js';
import { tryForms, type FormResult } from './try-forms.js';

const { image, leftRight } = renderChest(gridAround([42, 32, 25], [8, 8, 10], IDENTITY_DIRECTION));
const forms = FORMS.filter(({ kind }) => kind === 'type');
const { signal } = new AbortController();

/** What is lung in a drawn chest is known by its HU, and its side by where it lies. */
const threshold = (ct: Volume): Promise<Volume> =>
  Promise.resolve({
    ...ct,
    kind: 'label',
    data: Uint8Array.from(ct.data, (hu, n) => (hu === -800 ? leftRight.data[n]! : 0)),
  });

describe('tryForms', () => {
  test('gives each form in order, before the next is segmented', async () => {
    const seen: string[] = [];
    const segmentLungs = (ct: Volume): Promise<Volume> => {
      seen.push(ct.data.constructor.name);
      return threshold(ct);
    };
    for await (const { form, reached, dice } of tryForms(image, forms, segmentLungs, signal)) {
      seen.push(`${form}: ${dice}, ${String(reached)}`);
    }
    expect(seen).toEqual([
      'Int16Array',
      'Int16Array',
      'int16: 1, true',
      'Float32Array',
      'float32: 1, true',
      'Float64Array',
      'float64: 1, true',
    ]);
  });

  test('a form is below its aim by its Dice, or by swapped sides alone', async () => {
    const spoiled = async (change: (label: number, n: number) => number): Promise<FormResult[]> => {
      const segmentLungs = async (ct: Volume): Promise<Volume> => {
        const mask = await threshold(ct);
        return ct === image ? mask : { ...mask, data: Uint8Array.from(mask.data, change) };
      };
      const results: FormResult[] = [];
      for await (const result of tryForms(image, forms, segmentLungs, signal)) results.push(result);
      return results;
    };
    for (const result of await spoiled((label, n) => (n % 10 === 0 ? 0 : label))) {
      expect(result).toMatchObject({ aim: 0.98, sidesSwapped: false, reached: false });
      expect(result.dice).toBeLessThan(0.98);
    }
    for (const result of await spoiled((label) => (label === 0 ? 0 : 3 - label))) {
      expect(result).toMatchObject({ dice: 1, sidesSwapped: true, reached: false });
    }
  });

  test('stops before the next form when aborted, with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: string[] = [];
    const running = async (): Promise<void> => {
      for await (const { form } of tryForms(image, forms, threshold, controller.signal)) {
        seen.push(form);
        controller.abort(reason);
      }
    };
    await expect(running()).rejects.toBe(reason);
    expect(seen).toEqual(['int16']);
  });
});
