import * as tf from '@tensorflow/tfjs-core';

/** One attribute of a TensorFlow op. */
interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What this package uses of tfjs-node's backend object. */
interface NativeBackend {
  readonly binding: Readonly<
    Record<`TF_ATTR_${'FLOAT' | 'STRING' | 'BOOL' | 'TYPE' | 'INT'}` | 'TF_FLOAT', number>
  >;
  executeMultipleOutputs(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

/** The name under which tfjs-node registers itself. */
export const NATIVE_BACKEND = 'tensorflow';

/** Whether tensors currently live in TensorFlow's library, so that its ops can be run by name. */
export function isNative(): boolean {
  return tf.getBackend() === NATIVE_BACKEND;
}

/** Values of op attributes: a boolean, a number (a float), a string, or the type of float32 tensors. */
export type NativeAttributes = Readonly<
  Record<string, boolean | number | string | { readonly type: 'float32' }>
>;

/**
 * Runs one TensorFlow op eagerly. Its outputs are disposed as any tensor of the surrounding tidy; nothing is
 * recorded for gradients, so differentiable code calls it inside `tf.customGrad`.
 *
 * @param op for instance `FusedBatchNormV3`
 * @param attributes its attributes; those left out take TensorFlow's defaults
 * @param inputs its inputs, in its order
 * @param outputs how many outputs it has
 */
export function runNativeOp(
  op: string,
  attributes: NativeAttributes,
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const backend = tf.backend() as unknown as NativeBackend;
  const { binding } = backend;
  const list = Object.entries(attributes).map(([name, value]): OpAttribute => {
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'number') return { name, type: binding.TF_ATTR_FLOAT, value };
    if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value };
    return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  });
  return backend.executeMultipleOutputs(op, list, inputs, outputs);
}
