import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedError } from '@lungseg/core';
import { isNative, NativeScope, type NativeAttributes } from './native.js';
import type { Precision } from './precision.js';

/** A {@link Precision} of fewer bits than tfjs's own numbers have. */
export type ReducedPrecision = Exclude<Precision, 'float32'>;

/** Options of {@link reducedConv2d}. */
export interface ReducedConvolutionOptions {
  /** What both factors, the result and, in the backward pass, its gradient are rounded to; sums are float32. */
  readonly precision: ReducedPrecision;
  /** Along y and x; 1 by default. */
  readonly strides?: readonly [number, number];
  readonly pad: 'same' | 'valid';
  /** Whether nothing asks for the gradient with respect to x, which then has none; false by default. */
  readonly constantInput?: boolean;
}

/**
 * A 2-D convolution as mixed precision has it: float32 tensors are rounded to fewer bits, multiplied by units that are made for
 * that, and come back as float32, in the forward pass and for both gradients. Only the float32 tensors are kept for the backward
 * pass.
 *
 * @param x [N, H, W, I]
 * @param filter [kY, kX, I, O]
 * @param options precision, strides, padding
 * @returns [N, H', W', O]
 * @throws UnsupportedError on another backend than the native one
 * @see Micikevicius et al., https://arxiv.org/abs/1710.03740; PyTorch's torch.autocast
 * @example
 * const y = reducedConv2d(x, filter, { precision: 'bfloat16', pad: 'same' });
 */
export function reducedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  options: ReducedConvolutionOptions,
): tf.Tensor4D {
  if (!isNative()) {
    throw new UnsupportedError(
      `Convolutions in ${options.precision} need the native backend. Received: ${tf.getBackend()}.`,
    );
  }
  const { constantInput = false } = options;
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const [input, kernel] = (constantInput ? [x, args[0]] : args) as [tf.Tensor4D, tf.Tensor4D];
    save([input, kernel]);
    return {
      value: forward(input, kernel, options),
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const [x_, filter_] = kept as [tf.Tensor4D, tf.Tensor4D];
        return backward(dy as tf.Tensor4D, x_, filter_, options);
      },
    };
  });
  return (constantInput ? operation(filter) : operation(x, filter)) as tf.Tensor4D;
}

function forward(x: tf.Tensor4D, filter: tf.Tensor4D, options: ReducedConvolutionOptions): tf.Tensor {
  const { precision } = options;
  return NativeScope.run((scope) => {
    const factors = [scope.cast(x, precision), scope.cast(filter, precision)];
    return scope.toFloat32(scope.op('Conv2D', attributesOf(options), factors));
  });
}

/** Gradients with respect to x, unless it is constant, and the filter. */
function backward(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  options: ReducedConvolutionOptions,
): tf.Tensor[] {
  const { precision, constantInput = false } = options;
  const attributes = attributesOf(options);
  return NativeScope.run((scope) => {
    const sizes = [x.shape, filter.shape].map((shape) => tf.tensor1d(shape, 'int32'));
    const [xSizes, filterSizes] = sizes.map((size) => scope.cast(size, 'int32'));
    const gradient = scope.cast(dy, precision);
    const dFilter = scope.toFloat32(
      scope.op('Conv2DBackpropFilter', attributes, [scope.cast(x, precision), filterSizes!, gradient]),
    );
    const dx = constantInput
      ? []
      : [
          scope.toFloat32(
            scope.op('Conv2DBackpropInput', attributes, [xSizes!, scope.cast(filter, precision), gradient]),
          ),
        ];
    tf.dispose(sizes);
    return [...dx, dFilter];
  });
}

function attributesOf({
  precision,
  strides = [1, 1],
  pad,
}: ReducedConvolutionOptions): NativeAttributes & { readonly T: { readonly type: ReducedPrecision } } {
  return {
    T: { type: precision },
    strides: [1, ...strides, 1],
    padding: pad.toUpperCase(),
    data_format: 'NHWC',
  };
}
