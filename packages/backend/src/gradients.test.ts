import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@lungseg/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { valueAndGradients } from './gradients.js';
import { selectBackend } from './select-backend.js';

beforeAll(async () => {
  await selectBackend('native');
});

const random = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** An op with a gradient of its own, which is handed the inputs that it kept. */
const custom = (
  value: (...xs: tf.Tensor[]) => tf.Tensor,
  gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => tf.Tensor[],
): ((...xs: tf.Tensor[]) => tf.Tensor) =>
  tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const xs = args.slice(0, -1) as tf.Tensor[];
    (args.at(-1) as tf.GradSaveFunc)(xs);
    return { value: value(...xs), gradFunc };
  });

/** x², which says when its gradient is taken. */
const square = (x: tf.Tensor, inBackward: () => void = () => undefined): tf.Tensor =>
  custom(
    (input) => tf.square(input),
    (dy, [kept]) => {
      inBackward();
      return [tf.mul(tf.mul(dy, 2), kept!)];
    },
  )(x);

/** Functions of x [4, 6] and w [6, 6] that use tensors in all the ways that matter to who frees them. */
const FUNCTIONS: Record<string, (x: tf.Tensor, w: tf.Tensor) => tf.Tensor> = {
  'a tensor used twice': (x, w) => {
    const y = tf.sigmoid(tf.matMul(x, w));
    return tf.mul(tf.add(y, tf.matMul(y, w)), y);
  },
  'a tensor added to itself': (x, w) => {
    const y = tf.matMul(x, w);
    return tf.square(tf.add(y, y));
  },
  'aliases by reshape and clone': (x, w) => {
    const y = tf.matMul(x, w);
    const rows = tf.reshape(y, [2, 12]);
    return tf.add(tf.reshape(tf.mul(rows, tf.tanh(rows)), [4, 6]), tf.mul(y.clone(), y));
  },
  'a custom gradient': (x, w) => square(tf.matMul(square(w), tf.transpose(x))),
  'a custom gradient that returns dy itself, twice': (x, w) => {
    const sum = custom(
      (a, b) => tf.add(a, b),
      (dy) => [dy, dy],
    );
    const y = tf.matMul(x, w);
    return tf.square(sum(y, tf.sin(y)));
  },
  'several outputs, of which one goes unused': (x, w) => {
    const [a, , c] = tf.split(tf.matMul(x, w), 3, 1);
    return tf.add(tf.exp(a!), tf.mul(a!, c!));
  },
  'ops whose gradients ask for shapes alone': (x, w) => {
    const y = tf.matMul(x, w);
    const padded = tf.pad(tf.sub(tf.addN([y, x]), tf.mean(y, 1, true)), [
      [1, 0],
      [0, 2],
    ]);
    const joined = tf.concat([tf.slice(padded, [1, 1], [3, 4]), tf.slice(y, [0, 0], [3, 2])], 1);
    const stacked = tf.stack([tf.expandDims(joined, 0), tf.expandDims(tf.sin(joined), 0)]);
    return tf.mul(stacked, tf.sum(stacked, [0, 1, 2], true));
  },
  'tensors that lead nowhere': (x, w) => {
    tf.exp(w);
    return tf.mul(tf.add(tf.exp(tf.ones([6])), 1), tf.matMul(x, w));
  },
};

test.each(Object.entries(FUNCTIONS))('matches tfjs to the bit, and leaves nothing behind: %s', (_, f) => {
  const x = tf.variable(random([4, 6], 1));
  const w = tf.variable(random([6, 6], 2));
  const compute = (): tf.Scalar => tf.sum(f(x, w));
  // The first value of a variable is uploaded by the first op on it.
  const expected = tf.variableGrads(compute, [w]);
  const { numTensors, numDataBuffers } = tf.memory();
  const { value, gradients } = valueAndGradients(compute, [w]);
  expect(tf.memory().numTensors).toBe(numTensors + 2);
  expect(value.dataSync()).toEqual(expected.value.dataSync());
  expect(gradients.map((g) => g.dataSync())).toEqual([expected.grads[w.name]!.dataSync()]);
  tf.dispose([value, [...gradients]]);
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  tf.dispose([x, w, expected.value, expected.grads]);
});

test('takes dy, and gradients with respect to tensors', () => {
  const [x, w, dy] = [random([4, 6], 1), random([6, 6], 2), random([4, 6], 3)];
  const f = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.mul(a, tf.matMul(a, b));
  const expected = tf.grads(f)([x, w], dy);
  const { value, gradients } = valueAndGradients(() => f(x, w), [x, w], dy);
  expect(gradients.map((g) => g.dataSync())).toEqual(expected.map((g) => g.dataSync()));
  expect(dy.isDisposed || x.isDisposed || w.isDisposed).toBe(false);
  tf.dispose([x, w, dy, value, [...gradients], expected]);
});

describe('memory', () => {
  /** Ten layers that each keep something, and the bytes in use when their gradients are taken. */
  function bytesOnTheWayBack(take: (f: () => tf.Tensor, w: tf.Variable) => tf.TensorContainer): number[] {
    const w = tf.variable(random([100, 100], 1));
    const before = tf.memory().numBytes;
    const bytes: number[] = [];
    const result = take(() => {
      let y: tf.Tensor = w;
      for (let layer = 0; layer < 10; layer++) {
        y = tf.reshape(tf.sigmoid(square(y, () => bytes.push(tf.memory().numBytes - before))), [100, 100]);
      }
      return tf.sum(y);
    }, w);
    tf.dispose([result, w]);
    return bytes;
  }

  test('falls from op to op of the backward pass, where that of tfjs rises', () => {
    const theirs = bytesOnTheWayBack((f, w) => tf.variableGrads(f as () => tf.Scalar, [w]).grads);
    const own = bytesOnTheWayBack((f, w) => [...valueAndGradients(f, [w]).gradients]);
    expect(theirs).toEqual(theirs.toSorted((a, b) => a - b));
    expect(own).toEqual(own.toSorted((a, b) => b - a));
    expect(own.at(-1)).toBeLessThan(own[0]! / 4);
    expect(own[0]).toBeLessThan(theirs[0]! * 0.75);
  });

  test.each([
    ['forward', () => undefined, (): never => fail()],
    ['backward', fail, () => undefined],
  ])('is free again when the function throws: %s', (_, inBackward, inForward) => {
    const w = tf.variable(random([3, 3], 1));
    const before = tf.memory().numTensors;
    const compute = (): tf.Tensor => {
      const y = tf.sigmoid(square(tf.matMul(w, w), inBackward));
      inForward();
      return tf.sum(tf.sigmoid(y));
    };
    expect(() => valueAndGradients(compute, [w])).toThrow('as planned');
    expect(tf.memory().numTensors).toBe(before);
    const { value, gradients } = valueAndGradients(() => tf.sum(w), [w]);
    expect([...gradients[0]!.dataSync()]).toEqual(Array<number>(9).fill(1));
    tf.dispose([w, value, [...gradients]]);
  });
});

test('keeps what the function was told to keep', () => {
  const w = tf.variable(random([3, 3], 1));
  let kept: tf.Tensor | undefined;
  const { value, gradients } = valueAndGradients(() => {
    kept = tf.keep(tf.sigmoid(w));
    return tf.sum(tf.square(kept));
  }, [w]);
  expect(kept!.dataSync()).toHaveLength(9);
  tf.dispose([w, kept!, value, [...gradients]]);
});

test('a pass within the backward pass of another leaves its tape alone', () => {
  const w = tf.variable(tf.tensor1d([2, 3]));
  const cube = custom(
    (x) => tf.pow(x, 3),
    (dy) => [tf.tidy(() => valueAndGradients(() => tf.pow(w, 3), [w], dy).gradients[0]!)],
  );
  for (const gradient of [
    valueAndGradients(() => tf.sum(tf.square(cube(w))), [w]).gradients[0]!,
    tf.variableGrads(() => tf.sum(tf.square(cube(w))) as tf.Scalar, [w]).grads[w.name]!,
  ]) {
    // d x⁶ = 6 x⁵
    expect([...gradient.dataSync()]).toEqual([192, 1458]);
  }
  w.dispose();
});

test('says what it has no gradient for', () => {
  const [x, w] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
  const before = tf.memory().numTensors;
  expect(() => valueAndGradients(() => tf.sum(x), [x, w])).toThrow('Received: number 1 of 2');
  expect(() => tf.grad((a) => valueAndGradients(() => tf.square(a), [a]).value)(x)).toThrow(UnsupportedError);
  expect(() => valueAndGradients(() => tf.stridedSlice(x, [0], [2], [2]), [x])).toThrow('StridedSlice');
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, w]);
});

function fail(): never {
  throw new Error('as planned');
}
