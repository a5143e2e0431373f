import { describe, expect, test } from '@jest/globals';
import type { StepEvent, ValidationEvent } from '@lungseg/trainer';
import { Pace } from './pace.js';

const step = (number: number, durationMs: number, samples = 1): StepEvent => ({
  type: 'step',
  step: number,
  epoch: 0,
  loss: 1,
  learningRate: 1,
  gradientNorm: 1,
  samples,
  durationMs,
  waitMs: 0,
});
const validation = (at: number, durationMs: number): ValidationEvent => ({
  type: 'validation',
  step: at,
  epoch: 0,
  dice: {},
  meanDice: 0.5,
  durationMs,
});

describe('Pace', () => {
  test('knows nothing before the first step, however long preparation took', () => {
    const pace = new Pace({ epochs: 4, stepsPerEpoch: 5, validateEveryEpochs: 0 });
    expect(pace.leftMs).toBeUndefined();
    expect(pace.samplesPerSecond).toBeUndefined();
    pace.note(step(1, 500));
    expect(pace.leftMs).toBe(19 * 500);
  });

  test('counts the validations that are to come by the last one', () => {
    const pace = new Pace({ epochs: 4, stepsPerEpoch: 5, validateEveryEpochs: 2 });
    for (let n = 1; n <= 10; n++) pace.note(step(n, 100));
    pace.note(validation(10, 4000));
    expect(pace.leftMs).toBeCloseTo(10 * 100 + 4000, 6);
    for (let n = 11; n <= 20; n++) pace.note(step(n, 100));
    expect(pace.leftMs).toBeCloseTo(0, 6);
  });

  test('counts samples, not steps, by the second', () => {
    const pace = new Pace({ epochs: 1, stepsPerEpoch: 5, validateEveryEpochs: 0 });
    pace.note(step(1, 500, 4));
    expect(pace.samplesPerSecond).toBe(8);
  });
});
