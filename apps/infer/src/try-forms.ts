import type { Volume } from '@lungseg/core';
import { compareForm, type FormAgreement } from './compare-form.js';
import type { Form } from './robustness-forms.js';

/** How a form came out. */
export interface FormResult extends FormAgreement {
  readonly form: string;
  readonly aim: number;
  /** Whether Dice of both lungs is the aim at least, and the sides were kept. */
  readonly reached: boolean;
  /** For making the form, segmenting and comparing it. */
  readonly seconds: number;
}

/**
 * Segments a CT in one form after the other, and compares each result with that on the CT as it is. Each form's result
 * comes as soon as it is there, in order; the next form waits until it is taken.
 *
 * @param image in HU
 * @param forms what to try
 * @param segmentLungs gives 1 right lung, 2 left lung, on the grid of its image
 * @param signal stops it between forms
 */
export async function* tryForms(
  image: Volume,
  forms: readonly Form[],
  segmentLungs: (image: Volume) => Promise<Volume>,
  signal: AbortSignal,
): AsyncGenerator<FormResult, void, undefined> {
  const expected = await segmentLungs(image);
  for (const form of forms) {
    signal.throwIfAborted();
    const start = performance.now();
    const agreement = compareForm(expected, await segmentLungs(form.apply(image)));
    yield {
      form: form.name,
      aim: form.aim,
      ...agreement,
      reached: agreement.dice >= form.aim && !agreement.sidesSwapped,
      seconds: (performance.now() - start) / 1000,
    };
  }
}
