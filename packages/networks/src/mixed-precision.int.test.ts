import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type Precision } from '@lungseg/backend';
import type { AHNetOptions } from './ahnet-options.js';
import { AHNet } from './ahnet.js';

beforeAll(async () => {
  await selectBackend('native');
});

const OPTIONS = {
  layers: [1, 1, 1, 1],
  width: 1 / 16,
  outChannels: 2,
  upsampleMode: 'trilinear',
  pspBlockNum: 0,
} as const satisfies AHNetOptions;

interface Step {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Loss and gradients of a network with few blocks, in which rounding doesn't grow far, by running statistics. */
function step(
  options: AHNetOptions,
  { precision, recompute = false }: { precision: Precision; recompute?: boolean },
): Step {
  const network = new AHNet(options, 5);
  network.precision = precision;
  network.recompute = recompute;
  const input = tf.randomUniform([1, 32, 64, 64, 1], 0, 1, 'float32', 3);
  const isDark = tf.cast(tf.less(input, 0.5), 'float32');
  const label = tf.concat([tf.sub(1, isDark), isDark], 4);
  const before = tf.memory().numTensors;
  const variables = network.trainableVariables();
  const { value, grads } = tf.variableGrads(
    () => tf.neg(tf.mean(tf.mul(label, tf.logSoftmax(network.apply(input, 'frozen'))))) as tf.Scalar,
    [...variables.values()],
  );
  const gradients = new Map(
    [...variables].map(([name, { name: own }]) => [name, grads[own]!.dataSync<'float32'>().slice()]),
  );
  const loss = value.dataSync()[0]!;
  tf.dispose([value, grads]);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([input, isDark, label]);
  network.dispose();
  return { loss, gradients };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const flat = (gradients: Step['gradients']): Float32Array =>
  Float32Array.from([...gradients.values()].flatMap((g) => [...g]));

test.each<[string, AHNetOptions]>([
  ['trilinear', OPTIONS],
  ['transpose, psp 1', { ...OPTIONS, upsampleMode: 'transpose', pspBlockNum: 1 }],
])('a step in bfloat16 goes where the one in float32 goes: %s', (_name, options) => {
  const [exact, mixed] = [step(options, { precision: 'float32' }), step(options, { precision: 'bfloat16' })];
  expect(mixed.loss).not.toBe(exact.loss);
  expect(Math.abs(mixed.loss / exact.loss - 1)).toBeLessThan(0.03);
  expect(cosine(flat(mixed.gradients), flat(exact.gradients))).toBeGreaterThan(0.99);
  // Every convolution has its own gradient, not only those with large ones.
  for (const [name, gradient] of exact.gradients) {
    if (gradient.length < 64 || !name.endsWith('weight')) continue;
    expect([name, cosine(mixed.gradients.get(name)!, gradient) > 0.9]).toEqual([name, true]);
  }
});

test('recomputing blocks gives the same step in bfloat16, too', () => {
  const [kept, again] = [false, true].map((recompute) => step(OPTIONS, { precision: 'bfloat16', recompute }));
  expect(again!.loss).toBe(kept!.loss);
  expect(cosine(flat(again!.gradients), flat(kept!.gradients))).toBeGreaterThan(0.9999);
});

test('only training is in reduced precision: evaluation stays in float32', () => {
  const network = new AHNet(OPTIONS, 5);
  const input = tf.randomUniform([1, 32, 32, 32, 1], 0, 1, 'float32', 3);
  const evaluate = (): number[] => tf.tidy(() => [...network.apply(input, 'evaluate').dataSync()]);
  const before = evaluate();
  network.precision = 'bfloat16';
  expect(evaluate()).toEqual(before);
  input.dispose();
  network.dispose();
});
