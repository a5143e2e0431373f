import { describe, expect, test } from '@jest/globals';
import {
  constantSchedule,
  cosineSchedule,
  polynomialSchedule,
  stepSchedule,
  type Schedule,
} from './schedule.js';

const rates = (schedule: Schedule, count: number): number[] =>
  Array.from({ length: count }, (_, step) => schedule(step));

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 6));
}

describe('schedules', () => {
  test('cosine matches CosineAnnealingLR(8, eta_min=0.01) of PyTorch', () => {
    expectClose(
      rates(cosineSchedule({ learningRate: 0.1, totalSteps: 8, finalShare: 0.1 }), 8),
      [0.1, 0.0965746, 0.0868198, 0.0722208, 0.055, 0.0377792, 0.0231802, 0.0134254],
    );
  });

  test('polynomial matches PolynomialLR(total_iters=10, power=0.9) of PyTorch', () => {
    expectClose(
      rates(polynomialSchedule({ learningRate: 0.1, totalSteps: 10 }), 10),
      [
        0.1, 0.0909533, 0.0818052, 0.0725418, 0.0631446, 0.0535887, 0.0438383, 0.0338383, 0.0234924,
        0.0125893,
      ],
    );
  });

  test('step matches StepLR(3, gamma=0.5) of PyTorch', () => {
    expectClose(
      rates(stepSchedule({ learningRate: 0.1, dropEvery: 3, factor: 0.5 }), 8),
      [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025],
    );
  });

  test.each([
    ['constant', constantSchedule({ learningRate: 0.8, warmupSteps: 4 })],
    ['cosine', cosineSchedule({ learningRate: 0.8, totalSteps: 20, warmupSteps: 4 })],
    ['polynomial', polynomialSchedule({ learningRate: 0.8, totalSteps: 20, warmupSteps: 4 })],
    ['step', stepSchedule({ learningRate: 0.8, dropEvery: 2, warmupSteps: 4 })],
  ])('%s rises linearly over the warm-up, and begins at its highest rate after it', (_, schedule) => {
    expectClose(rates(schedule, 5), [0.2, 0.4, 0.6, 0.8, 0.8]);
  });

  test.each([
    ['cosine', cosineSchedule({ learningRate: 0.8, totalSteps: 20, finalShare: 0.25 })],
    ['polynomial', polynomialSchedule({ learningRate: 0.8, totalSteps: 20, finalShare: 0.25 })],
  ])('%s ends at its final share, and stays there', (_, schedule) => {
    expectClose([schedule(20), schedule(25)], [0.2, 0.2]);
  });
});
