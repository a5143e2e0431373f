import * as tf from '@tensorflow/tfjs-core';
import { DATA_TYPES, type NumberType } from './data-types.js';

/** One attribute of a TensorFlow op. */
interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** An output of an op as the binding hands it over: a tensor of TensorFlow that tfjs doesn't know yet. */
interface OutputMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What this package uses of tfjs-node's backend object. */
interface NativeBackend {
  readonly binding: Readonly<Record<`TF_ATTR_${'FLOAT' | 'STRING' | 'BOOL' | 'TYPE' | 'INT'}`, number>> & {
    executeOp(
      op: string,
      attributes: readonly OpAttribute[],
      inputs: readonly number[],
      outputs: number,
    ): OutputMetadata[];
    deleteTensor(id: number): void;
  };
  executeMultipleOutputs(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: OutputMetadata): tf.Tensor;
}

/** The name under which tfjs-node registers itself. */
export const NATIVE_BACKEND = 'tensorflow';

/** Whether tensors currently live in TensorFlow's library, so that its ops can be run by name. */
export function isNative(): boolean {
  return tf.getBackend() === NATIVE_BACKEND;
}

/**
 * A tensor's values, in an array of the caller's own: tfjs's `dataSync` hands out a copy on some backends, and on others its own
 * memory, which a change would reach.
 */
export function valuesOf(x: tf.Tensor): Float32Array {
  if (!isNative()) return x.dataSync<'float32'>().slice();
  // Values that TensorFlow doesn't have yet would be handed out themselves.
  nativeBackend().getInputTensorIds([x]);
  return x.dataSync<'float32'>();
}

/** Values of op attributes: a boolean, a number (a float), a string, integers, or a type. */
export type NativeAttributes = Readonly<
  Record<string, boolean | number | string | readonly number[] | { readonly type: NumberType }>
>;

/**
 * Runs one TensorFlow op eagerly. Its outputs are disposed as any tensor of the surrounding tidy; nothing is
 * recorded for gradients, so differentiable code calls it inside `tf.customGrad`.
 *
 * @param op for instance `FusedBatchNormV3`
 * @param attributes its attributes; those left out take TensorFlow's defaults
 * @param inputs its inputs, in its order
 * @param outputs how many outputs it has; all of a type that tfjs knows
 */
export function runNativeOp(
  op: string,
  attributes: NativeAttributes,
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  return nativeBackend().executeMultipleOutputs(op, attributeList(attributes), inputs, outputs);
}

/** A tensor of TensorFlow of any type, for instance bfloat16, that lives as long as its {@link NativeScope}. */
export interface NativeTensor {
  readonly id: number;
  readonly type: NumberType;
}

/** Runs ops on tensors of types that tfjs doesn't know, and frees them all in the end. */
export class NativeScope {
  readonly #backend = nativeBackend();
  readonly #owned: number[] = [];

  /**
   * Runs a function in a scope of its own.
   *
   * @param compute its result outlives the scope, so it is made of tensors of tfjs
   */
  static run<R>(compute: (scope: NativeScope) => R): R {
    const scope = new NativeScope();
    try {
      return compute(scope);
    } finally {
      for (const id of scope.#owned) scope.#backend.binding.deleteTensor(id);
    }
  }

  /** The values of a tensor, float32 or int32, as another type of numbers. */
  cast(x: tf.Tensor, type: NumberType): NativeTensor {
    const own: NativeTensor = {
      id: this.#backend.getInputTensorIds([x])[0]!,
      type: x.dtype as 'float32' | 'int32',
    };
    return own.type === type ? own : this.#own(this.#execute('Cast', casting(own.type, type), [own]), type);
  }

  /** An op with one output, of the type of its attribute T. */
  op(
    op: string,
    { T, ...attributes }: NativeAttributes & { readonly T: { readonly type: NumberType } },
    inputs: readonly NativeTensor[],
  ): NativeTensor {
    return this.#own(this.#execute(op, { T, ...attributes }, inputs), T.type);
  }

  /** The same values as float32, for tfjs. */
  toFloat32(x: NativeTensor): tf.Tensor {
    return this.#backend.createOutputTensor(this.#execute('Cast', casting(x.type, 'float32'), [x]));
  }

  #own({ id }: OutputMetadata, type: NumberType): NativeTensor {
    this.#owned.push(id);
    return { id, type };
  }

  #execute(op: string, attributes: NativeAttributes, inputs: readonly NativeTensor[]): OutputMetadata {
    const ids = inputs.map(({ id }) => id);
    return this.#backend.binding.executeOp(op, attributeList(attributes), ids, 1)[0]!;
  }
}

const casting = (from: NumberType, to: NumberType): NativeAttributes => ({
  SrcT: { type: from },
  DstT: { type: to },
});

const nativeBackend = (): NativeBackend => tf.backend() as unknown as NativeBackend;

function attributeList(attributes: NativeAttributes): OpAttribute[] {
  const { binding } = nativeBackend();
  return Object.entries(attributes).map(([name, value]): OpAttribute => {
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'number') return { name, type: binding.TF_ATTR_FLOAT, value };
    if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value };
    if ('type' in value) return { name, type: binding.TF_ATTR_TYPE, value: DATA_TYPES[value.type] };
    return { name, type: binding.TF_ATTR_INT, value };
  });
}
