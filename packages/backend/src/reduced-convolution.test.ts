import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@lungseg/core';
import { reducedConv2d, type ReducedConvolutionOptions } from './reduced-convolution.js';
import { selectBackend } from './select-backend.js';

beforeAll(async () => {
  await selectBackend('native');
});

/** Rounds to the eight bits of bfloat16's significand, to nearest, ties to even. */
function toBfloat16(values: Float32Array): Float32Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer);
}

const rounded = (t: tf.Tensor4D): tf.Tensor4D => tf.tensor4d(toBfloat16(t.dataSync<'float32'>()), t.shape);

/** y, dx, dFilter for a gradient dy of y that is drawn. */
function passes(
  convolution: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
): tf.Tensor[] {
  const y = convolution(x, filter);
  const dy = rounded(tf.randomNormal(y.shape, 0, 1, 'float32', 7));
  return [
    y,
    ...tf.grads((a, b) => tf.sum(tf.mul(convolution(a as tf.Tensor4D, b as tf.Tensor4D), dy)))([x, filter]),
  ];
}

test.each<[string, [number, number, number, number], Omit<ReducedConvolutionOptions, 'precision'>]>([
  ['3x3, same', [3, 3, 5, 7], { pad: 'same' }],
  ['3x3, strides of 2, valid', [3, 3, 5, 4], { pad: 'valid', strides: [2, 2] }],
  ['1x1', [1, 1, 5, 9], { pad: 'valid' }],
  ['along one axis', [3, 1, 5, 5], { pad: 'same' }],
])('is the portable convolution of rounded numbers, rounded: %s', (_name, shape, options) => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const x = rounded(tf.randomNormal([2, 9, 11, 5], 0, 1, 'float32', 1));
    const filter = rounded(tf.randomNormal(shape, 0, 1, 'float32', 2));
    const reduced = passes((a, b) => reducedConv2d(a, b, { ...options, precision: 'bfloat16' }), x, filter);
    const { strides = [1, 1], pad } = options;
    const exact = passes((a, b) => tf.conv2d(a, b, [...strides], pad), x, filter);
    reduced.forEach((tensor, n) => {
      expect(tensor.shape).toEqual(exact[n]!.shape);
      const expected = exact[n]!.dataSync<'float32'>();
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // Half a unit in the last of 8 bits, and what float32 sums in another order differ by.
      tensor.dataSync<'float32'>().forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(
          Math.abs(expected[i]!) * 2 ** -8 + largest * 1e-5,
        );
      });
      // It did round: full float32 would not lie on bfloat16's grid.
      expect([...toBfloat16(tensor.dataSync<'float32'>())]).toEqual([...tensor.dataSync()]);
    });
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('a constant input has no gradient, and the filter has its own', () => {
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([1, 6, 6, 3], 0, 1, 'float32', 1);
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 3, 2], 0, 1, 'float32', 2);
    const gradient = (constantInput: boolean): number[] => [
      ...tf
        .grad((f) =>
          tf.sum(reducedConv2d(x, f as tf.Tensor4D, { precision: 'bfloat16', pad: 'same', constantInput })),
        )(filter)
        .dataSync(),
    ];
    expect(gradient(true)).toEqual(gradient(false));
    expect(() =>
      tf.grad((a) =>
        tf.sum(
          reducedConv2d(a as tf.Tensor4D, filter, {
            precision: 'bfloat16',
            pad: 'same',
            constantInput: true,
          }),
        ),
      )(x),
    ).toThrow(/Cannot compute gradient/);
  });
});

test('says that another backend cannot do it', async () => {
  await selectBackend('cpu');
  const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 1]);
  const call = (): unknown =>
    reducedConv2d(x, tf.zeros([1, 1, 1, 1]), { precision: 'bfloat16', pad: 'valid' });
  expect(call).toThrow(UnsupportedError);
  expect(call).toThrow('Convolutions in bfloat16 need the native backend. Received: cpu.');
  await selectBackend('native');
});
