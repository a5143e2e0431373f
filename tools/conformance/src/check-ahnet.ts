import * as tf from '@tensorflow/tfjs-core';
import { diceLoss } from '@lungseg/losses';
import { AHNet, type AHNetOptions, type UpsampleMode } from '@lungseg/networks';
import type { NamedArray } from '@lungseg/core';
import type { CaseCheck, Comparison } from './check.js';
import { expected, relativeError, type Golden } from './golden.js';

const TOLERANCE = 1e-3;
const TWO_DIMENSIONAL = 'ahnet-2d-psp0-transpose';

/** Whole networks: evaluation, and where the case has them, training-mode output, loss, gradients and running statistics. */
export const checkAHNet: CaseCheck = (golden, name) => {
  const reference = golden.tensors(name);
  const shape = golden.cases[name]!.input_shape!;
  const network = new AHNet(optionsOf(golden, name));
  network.loadStateDict(fill(golden, network));
  const inputName = name === TWO_DIMENSIONAL ? 'input:ahnet-2d' : `input:${name}`;
  const input = fromPyTorch(golden.uniform(inputName, product(shape)), shape);
  const comparisons: Comparison[] = [];
  const compare = (what: string, actual: ArrayLike<number>): void => {
    comparisons.push({
      name: what,
      error: relativeError(actual, expected(reference, what)),
      tolerance: TOLERANCE,
    });
  };

  compare('eval_logits', toPyTorch(network.apply(input, 'evaluate')));
  if (reference.has('train_logits')) {
    const uniform = golden.uniform(`label:${name}`, product(shape));
    const label = fromPyTorch(
      uniform.map((u) => (u > 0.4 ? 1 : 0)),
      shape,
    );
    compareTraining(network, input, label, reference, compare);
    label.dispose();
  }
  input.dispose();
  network.dispose();
  return { comparisons, skipped: [] };
};

function compareTraining(
  network: AHNet,
  input: tf.Tensor,
  label: tf.Tensor,
  reference: ReadonlyMap<string, NamedArray>,
  compare: (what: string, actual: ArrayLike<number>) => void,
): void {
  const loss = diceLoss();
  const variables = network.trainableVariables();
  let logits: tf.Tensor | undefined;
  const { value, grads } = tf.variableGrads(() => {
    logits = tf.keep(network.apply(input, 'train'));
    return loss(logits, label) as tf.Scalar;
  }, [...variables.values()]);
  compare('train_logits', toPyTorch(logits!));
  logits!.dispose();
  compare('dice_loss', value.dataSync());
  for (const [name, variable] of variables) {
    const gradient = grads[variable.name]!;
    compare(`grad_norm.${name}`, [tf.tidy(() => tf.norm(gradient).dataSync()[0]!)]);
    gradient.dispose();
  }
  value.dispose();
  const state = network.stateDict();
  for (const key of reference.keys()) {
    if (key.startsWith('after_step.'))
      compare(key, state.get(key.slice('after_step.'.length))!.data as Float32Array);
  }
}

function optionsOf(golden: Golden, name: string): AHNetOptions {
  const args = golden.cases[name]!.args;
  if (args === undefined)
    return { spatialDims: 2, outChannels: 2, pspBlockNum: 0, upsampleMode: 'transpose' };
  return {
    layers: args['layers'] as [number, number, number, number],
    inChannels: args['in_channels'] as number,
    outChannels: args['out_channels'] as number,
    pspBlockNum: args['psp_block_num'] as number,
    upsampleMode: args['upsample_mode'] as UpsampleMode,
  };
}

/** The weights that `fill` of make_golden.py gives a network. */
function fill(golden: Golden, network: AHNet): Map<string, NamedArray> {
  const state = new Map<string, NamedArray>();
  for (const [name, { shape, data }] of network.stateDict()) {
    if (data instanceof BigInt64Array) continue;
    const u = golden.uniform(name, data.length);
    state.set(name, { shape, data: u.map(valueOf(name, shape)) });
  }
  return state;
}

function valueOf(name: string, shape: readonly number[]): (u: number) => number {
  if (shape.length >= 3) {
    const up = name.includes('.up.') || name.includes('up_modules');
    const fan = up ? shape[0]! : shape[1]! * product(shape.slice(2));
    const scale = Math.fround(Math.sqrt(6 / fan));
    return (u) => u * scale;
  }
  if (name.endsWith('running_mean') || name.endsWith('bias')) return (u) => 0.1 * u;
  if (name.endsWith('running_var')) return (u) => 3 * (1 + 0.2 * u);
  return (u) => 1 + 0.1 * u;
}

/** [N, C, X, Y, Z] or [N, C, X, Y] to [N, Z, Y, X, C] or [N, Y, X, C]. */
function fromPyTorch(values: Float32Array, shape: readonly number[]): tf.Tensor {
  return tf.tidy(() => tf.transpose(tf.tensor(values, [...shape]), reversedAxes(shape.length)));
}

function toPyTorch(tensor: tf.Tensor): Float32Array {
  const values = tf.tidy(() => tf.transpose(tensor, reversedAxes(tensor.rank)).dataSync<'float32'>());
  return values;
}

/** N first, the others reversed: its own inverse. */
const reversedAxes = (rank: number): number[] => [
  0,
  ...Array.from({ length: rank - 1 }, (_, i) => rank - 1 - i),
];

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
