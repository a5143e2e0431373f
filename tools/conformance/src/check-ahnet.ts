import * as tf from '@tensorflow/tfjs-core';
import { diceLoss } from '@lungseg/losses';
import { AHNet, type AHNetOptions, type UpsampleMode } from '@lungseg/networks';
import type { NamedArray, NetworkMode } from '@lungseg/core';
import type { CaseCheck, Comparison } from './check.js';
import { expected, relativeError, type Golden } from './golden.js';

const TOLERANCE = 1e-3;
const TWO_DIMENSIONAL = 'ahnet-2d-psp0-transpose';
/** Runs with inputs changed by about one unit in the last place, from which the rounding of gradients is measured. */
const PERTURBATIONS = [1, 2, 3];
/** How many times the largest change under such a perturbation a gradient may differ: both sides round. */
const ROUNDING_FACTOR = 2;

type Reference = ReadonlyMap<string, NamedArray>;
type Compare = (what: string, actual: ArrayLike<number>, tolerance?: number) => void;

/**
 * Whole networks: logits in evaluation, and where the case has them, training-mode logits, loss, gradient norms and
 * running statistics. Gradient norms by the batch's own statistics are ill-conditioned at the sizes of these cases
 * (see docs/decisions/0005-gradients-in-training-mode.md), so that their tolerance is measured in the same run; those
 * by running statistics are compared at 1e-3.
 */
export const checkAHNet: CaseCheck = (golden, name) => {
  const reference = golden.tensors(name);
  const shape = golden.cases[name]!.input_shape!;
  const network = new AHNet(optionsOf(golden, name));
  network.loadStateDict(fill(golden, network));
  const inputName = name === TWO_DIMENSIONAL ? 'input:ahnet-2d' : `input:${name}`;
  const values = golden.uniform(inputName, product(shape));
  const input = fromPyTorch(values, shape);
  const label = fromPyTorch(
    golden.uniform(`label:${name}`, product(shape)).map((u) => (u > 0.4 ? 1 : 0)),
    shape,
  );
  const comparisons: Comparison[] = [];
  const compare: Compare = (what, actual, tolerance = TOLERANCE) => {
    comparisons.push({ name: what, error: relativeError(actual, expected(reference, what)), tolerance });
  };

  if (reference.has('eval_logits')) {
    const logits = network.apply(input, 'evaluate');
    compare('eval_logits', toPyTorch(logits));
    logits.dispose();
  }
  if (reference.has('train_logits')) {
    compareTraining(network, { input, label, values, shape, golden, name }, reference, compare);
  } else if (reference.has('dice_loss')) {
    const { loss, norms } = backward(network, input, label, 'frozen');
    compare('dice_loss', [loss]);
    for (const [parameter, norm] of norms) compare(`grad_norm.${parameter}`, [norm]);
  }
  tf.dispose([input, label]);
  network.dispose();
  return { comparisons, skipped: [] };
};

interface TrainingCase {
  readonly input: tf.Tensor;
  readonly label: tf.Tensor;
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly golden: Golden;
  readonly name: string;
}

function compareTraining(
  network: AHNet,
  training: TrainingCase,
  reference: Reference,
  compare: Compare,
): void {
  const { input, label, values, shape, golden, name } = training;
  const { loss, norms, logits } = backward(network, input, label, 'train');
  const state = network.stateDict();
  compare('train_logits', logits);
  compare('dice_loss', [loss]);
  for (const key of reference.keys()) {
    if (key.startsWith('after_step.'))
      compare(key, state.get(key.slice('after_step.'.length))!.data as Float32Array);
  }
  let largest = 0;
  for (const index of PERTURBATIONS) {
    const noise = golden.uniform(`perturbation:${name}:${index}`, values.length);
    const perturbed = fromPyTorch(
      values.map((value, i) => value * (1 + noise[i]! * 2 ** -23)),
      shape,
    );
    const other = backward(network, perturbed, label, 'train').norms;
    perturbed.dispose();
    for (const [parameter, norm] of norms)
      largest = Math.max(largest, Math.abs(other.get(parameter)! / norm - 1));
  }
  const tolerance = Math.max(TOLERANCE, ROUNDING_FACTOR * largest);
  for (const [parameter, norm] of norms) compare(`grad_norm.${parameter}`, [norm], tolerance);
}

interface Backward {
  readonly loss: number;
  /** In PyTorch's order. */
  readonly logits: Float32Array;
  /** Norm of each parameter's gradient, by name. */
  readonly norms: ReadonlyMap<string, number>;
}

function backward(network: AHNet, input: tf.Tensor, label: tf.Tensor, mode: NetworkMode): Backward {
  const dice = diceLoss();
  const variables = network.trainableVariables();
  let logits = new Float32Array();
  const { value, grads } = tf.variableGrads(() => {
    const output = network.apply(input, mode);
    logits = Float32Array.from(toPyTorch(output));
    return dice(output, label) as tf.Scalar;
  }, [...variables.values()]);
  const norms = new Map<string, number>();
  for (const [name, variable] of variables) {
    let squares = 0;
    for (const g of grads[variable.name]!.dataSync()) squares += g * g;
    norms.set(name, Math.sqrt(squares));
  }
  const loss = value.dataSync()[0]!;
  tf.dispose([value, grads]);
  return { loss, logits, norms };
}

function optionsOf(golden: Golden, name: string): AHNetOptions {
  const args = golden.cases[name]!.args;
  if (args === undefined)
    return { spatialDims: 2, outChannels: 2, pspBlockNum: 0, upsampleMode: 'transpose' };
  return {
    layers: args['layers'] as [number, number, number, number],
    spatialDims: (args['spatial_dims'] ?? 3) as 2 | 3,
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
  // Not tf.tidy, which looks for tensors in whatever is returned: value by value in an array.
  const transposed = tf.transpose(tensor, reversedAxes(tensor.rank));
  const values = transposed.dataSync<'float32'>();
  transposed.dispose();
  return values;
}

/** N first, the others reversed: its own inverse. */
const reversedAxes = (rank: number): number[] => [
  0,
  ...Array.from({ length: rank - 1 }, (_, i) => rank - 1 - i),
];

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
