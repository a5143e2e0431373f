import { describe, expect, test } from '@jest/globals';
import { DynamicLossScale } from './loss-scale.js';

describe('DynamicLossScale', () => {
  test("halves at an overflow and doubles after so many good steps, as PyTorch's GradScaler", () => {
    const scale = new DynamicLossScale({ initial: 8, growthInterval: 3 });
    const scales = [true, true, false, true, true, true, true, false, false].map((isFinite) => {
      scale.note(isFinite);
      return scale.scale;
    });
    expect(scales).toEqual([8, 8, 4, 4, 4, 8, 8, 4, 2]);
  });

  test('goes on from its state', () => {
    const [one, other] = [
      new DynamicLossScale({ growthInterval: 2 }),
      new DynamicLossScale({ growthInterval: 2 }),
    ];
    one.note(false);
    one.note(true);
    other.load(one.state());
    other.note(true);
    expect(other.state()).toEqual({ scale: 65536, goodSteps: 0 });
  });

  test('refuses factors that lead nowhere', () => {
    expect(() => new DynamicLossScale({ growth: 1 })).toThrow(/grow by more than 1.*Received: .*growth 1,/);
  });
});
