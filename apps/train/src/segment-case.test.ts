import { expect, test } from '@jest/globals';
import { windowFor } from './segment-case.js';

test('windows are multiples of what the network takes, and no larger than the volume needs', () => {
  expect(windowFor([400, 300, 70], [32, 32, 32])).toEqual([416, 320, 64]);
  expect(windowFor([600, 600, 200], [32, 32, 32])).toEqual([448, 384, 64]);
  // Four pyramid modules with transposed convolutions want multiples of 128, of which 448 is none.
  expect(windowFor([600, 600, 200], [128, 128, 32])).toEqual([384, 384, 64]);
  expect(windowFor([60, 130, 20], [128, 128, 32])).toEqual([128, 256, 32]);
});
