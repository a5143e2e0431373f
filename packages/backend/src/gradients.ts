import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, UnsupportedError } from '@lungseg/core';

/** An op as tfjs records it. */
type TapeNode = ReturnType<typeof tf.engine>['state']['activeTape'][number];

/** Ops of which tfjs saves tensors, but whose gradients ask no more than the shapes of these. */
const NEEDS_SHAPES_ONLY: ReadonlySet<string> = new Set([
  ...[tf.Add, tf.AddN, tf.Sub, tf.Sum, tf.Mean],
  ...[tf.Concat, tf.ExpandDims, tf.Pack, tf.PadV2, tf.Reshape, tf.Slice],
]);

/** A function's value with its gradients; the caller disposes all of them. */
export interface ValueAndGradients<T extends tf.Tensor> {
  readonly value: T;
  /** One for each tensor that was asked for, of its shape. */
  readonly gradients: readonly tf.Tensor[];
}

/**
 * A function's value and its gradients with respect to tensors or variables, as tfjs's `variableGrads` and `grads` give them, in
 * less memory: the forward pass keeps no tensor of which the gradients need the shape alone, and the backward pass frees what an
 * op had saved, and the gradient of its result, as soon as it is past the op. tfjs frees all of them in the end.
 *
 * @param compute the function, which takes no gradients itself; what it makes is disposed as in `tf.tidy`
 * @param xs what gradients are taken with respect to
 * @param dy the gradient with respect to the value; ones by default
 * @throws InvalidArgumentError when the value doesn't depend on one of `xs`
 * @throws UnsupportedError inside of a function whose own gradients are taken, or where an op has no gradient
 * @example
 * const { value, gradients } = valueAndGradients(() => tf.sum(tf.matMul(x, w)), [w]);
 */
export function valueAndGradients<T extends tf.Tensor>(
  compute: () => T,
  xs: readonly tf.Tensor[],
  dy?: tf.Tensor,
): ValueAndGradients<T> {
  if (tf.engine().state.gradientDepth > 0) {
    throw new UnsupportedError(
      'Gradients of gradients must be taken with tf.grads. Received: a nested call.',
    );
  }
  const tape = new Tape(xs);
  try {
    return tf.tidy(() => {
      const value = record(compute, tape);
      const gradients = backward(tape, value, xs, dy ?? tf.onesLike(value));
      return { value, gradients };
    });
  } finally {
    while (tape.length > 0) tape.dropLast();
  }
}

/** The ops that lead from some tensors to others, in the order in which they ran. */
class Tape extends Array<TapeNode> {
  readonly #reached: Set<number>;

  constructor(from: readonly tf.Tensor[]) {
    super();
    this.#reached = new Set(from.map(({ id }) => id));
  }

  hasReached(x: tf.Tensor): boolean {
    return this.#reached.has(x.id);
  }

  /** Called by tfjs after each op. */
  override push(node: TapeNode): number {
    const leadsOn = Object.values(node.inputs).some((x) => this.hasReached(x));
    if (!leadsOn || NEEDS_SHAPES_ONLY.has(node.kernelName)) tf.dispose(node.saved);
    if (!leadsOn) return this.length;
    for (const { id } of node.outputs) this.#reached.add(id);
    return super.push(node);
  }

  /** Takes the last op off, and frees what it had saved. */
  dropLast(): void {
    tf.dispose(this.pop()?.saved);
  }
}

/** Runs a function with its ops on a tape; the tape of a pass that goes on around it is put back, as tfjs would lose it. */
function record<T extends tf.Tensor>(compute: () => T, tape: Tape): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  state.activeTape = tape;
  state.gradientDepth++;
  try {
    return tf.tidy(compute);
  } finally {
    state.gradientDepth--;
    state.activeTape = outer;
  }
}

/** Walks a tape from its end, and empties it. */
function backward(tape: Tape, y: tf.Tensor, xs: readonly tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const asked = new Set(xs.map(({ id }) => id));
  const gradients = new Map([[y.id, dy.clone()]]);
  for (let node = tape.at(-1); node !== undefined; node = tape.at(-1)) {
    const dys = node.outputs.map(({ id }) => gradients.get(id));
    if (dys.some((d) => d !== undefined)) addInputGradients(node, dys, tape, gradients);
    tape.dropLast();
    for (const { id } of node.outputs) {
      if (asked.has(id)) continue;
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
  }
  return xs.map((x, i) => {
    const gradient = gradients.get(x.id);
    if (gradient !== undefined) return gradient;
    throw new InvalidArgumentError(
      `The value must depend on every tensor that its gradients are taken with respect to. Received: number ${i} of ${xs.length}, of shape [${x.shape.join(', ')}], on which it doesn't.`,
    );
  });
}

/** Adds what an op's gradient gives for its inputs to the gradients so far. */
function addInputGradients(
  node: TapeNode,
  dys: readonly (tf.Tensor | undefined)[],
  tape: Tape,
  gradients: Map<number, tf.Tensor>,
): void {
  const inputs = Object.entries(node.inputs).filter(([, x]) => tape.hasReached(x));
  const dxs = tf.tidy(() => {
    if (node.gradient === undefined) {
      throw new UnsupportedError(`tfjs has no gradient of the op ${node.kernelName}. Use another op.`);
    }
    // tfjs puts zeros where there is no gradient.
    const thunks = node.gradient(dys as tf.Tensor[]);
    // Copies of the handle alone: an op may give back what it was given, or the same for two inputs.
    return inputs.map(([name]) => tf.tidy(() => thunks[name]!().clone()));
  });
  inputs.forEach(([name, x], i) => {
    const dx = dxs[i]!;
    tf.util.assertShapesMatch(dx.shape, x.shape, `The gradient of ${node.kernelName} for ${name}: `);
    const sum = gradients.get(x.id);
    gradients.set(x.id, sum === undefined ? dx : tf.add(sum, dx));
    if (sum !== undefined) tf.dispose([sum, dx]);
  });
}
