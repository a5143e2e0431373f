import { describe, expect, test } from '@jest/globals';
import { Adam } from './adam.js';

/** Three steps on `w = [1, -2, 0.5]` with gradients [0.1, -0.3, 0] then w itself, lr 0.01: torch.optim.Adam, float64. */
const PYTORCH = [
  [0.99, -1.99, 0.5],
  [0.9819232, -1.9816433, 0.4925586],
  [0.9729922, -1.9725584, 0.4839776],
];

function steps(adam: Adam, value: Float32Array, count: number, first = 0): void {
  for (let step = first; step < first + count; step++) {
    const gradient = step === 0 ? Float32Array.of(0.1, -0.3, 0) : value.slice();
    adam.step(new Map([['w', { value, gradient }]]), 0.01);
  }
}

describe('Adam', () => {
  test('matches torch.optim.Adam over three steps', () => {
    const value = Float32Array.of(1, -2, 0.5);
    const adam = new Adam();
    for (const [step, expected] of PYTORCH.entries()) {
      steps(adam, value, 1, step);
      expected.forEach((number, i) => expect(value[i]).toBeCloseTo(number, 5));
    }
  });

  test('goes on from a saved state as if it had never stopped', () => {
    const [one, other] = [Float32Array.of(1, -2, 0.5), Float32Array.of(1, -2, 0.5)];
    const [whole, before, after] = [new Adam(), new Adam(), new Adam()];
    steps(whole, one, 6);
    steps(before, other, 3);
    after.loadStateDict(before.stateDict());
    steps(after, other, 3, 3);
    expect([...other]).toEqual([...one]);
    expect(after.steps).toBe(6);
  });

  test('refuses a state that is not its own', () => {
    expect(() => new Adam().loadStateDict(new Map())).toThrow("Adam's state must have the entry 'step'.");
  });
});
