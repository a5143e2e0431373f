import { describe, expect, test } from '@jest/globals';
import { Adam } from './adam.js';
import { AdamW } from './adamw.js';
import type { Optimizer } from './optimizer.js';
import { Sgd } from './sgd.js';

/**
 * Three steps on `w = [1, -2, 0.5]` with gradients [0.1, -0.3, 0], then w itself twice, learning rate 0.01: what
 * torch.optim gives in float64.
 */
const CASES: readonly (readonly [string, () => Optimizer, readonly (readonly number[])[]])[] = [
  [
    'Adam',
    () => new Adam(),
    [
      [0.99, -1.99, 0.5],
      [0.9819232, -1.9816433, 0.4925586],
      [0.9729922, -1.9725584, 0.4839776],
    ],
  ],
  [
    'AdamW(weight_decay=0.1)',
    () => new AdamW({ weightDecay: 0.1 }),
    [
      [0.989, -1.988, 0.4995],
      [0.9799336, -1.9776545, 0.4915591],
      [0.9700224, -1.9665915, 0.4824868],
    ],
  ],
  [
    'SGD(momentum=0.9)',
    () => new Sgd(),
    [
      [0.999, -1.997, 0.5],
      [0.98811, -1.97433, 0.495],
      [0.9684279, -1.9341837, 0.48555],
    ],
  ],
  [
    'SGD(momentum=0.9, nesterov=True, weight_decay=0.1)',
    () => new Sgd({ nesterov: true, weightDecay: 0.1 }),
    [
      [0.9962, -1.9905, 0.49905],
      [0.9737594, -1.9448485, 0.4882149],
      [0.9430737, -1.8828209, 0.4732001],
    ],
  ],
];

function steps(optimizer: Optimizer, value: Float32Array, count: number, first = 0): void {
  for (let step = first; step < first + count; step++) {
    const gradient = step === 0 ? Float32Array.of(0.1, -0.3, 0) : value.slice();
    optimizer.step(new Map([['w', { value, gradient }]]), 0.01);
  }
}

describe.each(CASES)('%s', (_, make, expected) => {
  test('matches torch.optim over three steps', () => {
    const value = Float32Array.of(1, -2, 0.5);
    const optimizer = make();
    for (const [step, row] of expected.entries()) {
      steps(optimizer, value, 1, step);
      row.forEach((number, i) => expect(value[i]).toBeCloseTo(number, 5));
    }
  });

  test('goes on from a saved state as if it had never stopped', () => {
    const [one, other] = [Float32Array.of(1, -2, 0.5), Float32Array.of(1, -2, 0.5)];
    const [whole, before, after] = [make(), make(), make()];
    steps(whole, one, 6);
    steps(before, other, 3);
    after.loadStateDict(before.stateDict());
    steps(after, other, 3, 3);
    expect([...other]).toEqual([...one]);
    expect(after.steps).toBe(6);
  });

  test('leaves gradients as they are', () => {
    const gradient = Float32Array.of(0.1, -0.3);
    make().step(new Map([['w', { value: Float32Array.of(1, 2), gradient }]]), 0.01);
    expect(gradient).toEqual(Float32Array.of(0.1, -0.3));
  });

  test('refuses a state that has no number of steps', () => {
    expect(() => make().loadStateDict(new Map())).toThrow(/'s state must have the entry 'step'\./);
  });
});

test("an optimizer refuses another kind's state, and names the entry", () => {
  const sgd = new Sgd();
  steps(sgd, Float32Array.of(1, -2, 0.5), 1);
  expect(() => new Adam().loadStateDict(sgd.stateDict())).toThrow(
    "Adam's state must have entries that end in .exp_avg or .exp_avg_sq. Received: w.momentum_buffer.",
  );
});
