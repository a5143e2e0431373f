import type { ParameterLayout } from './parameters.js';
import type { Interpolation } from './layers.js';

/** Sizes N, D, H, W, C. */
export type Shape5 = readonly [n: number, d: number, h: number, w: number, c: number];

/** What follows a convolution, in this order. */
export interface ConvolutionOptions<T> {
  /** Strides along y and x; 1 by default. */
  readonly strides?: readonly [number, number];
  /** Name of the batch normalisation. */
  readonly norm?: string;
  /** What is added, for instance a residual. */
  readonly add?: T;
  readonly relu?: boolean;
}

/**
 * The layers that AH-Net is made of, over feature maps of type T. The network is written once, over this interface:
 * it is run on tensors, folded for inference, written as a graph of TensorFlow or ONNX, or counted.
 */
export interface AHNetLayers<T> {
  shapeOf(x: T): Shape5;
  /**
   * A block: applies the action to the inputs, and frees what it made, but for its result. In training it may be applied a
   * second time in the backward pass, so that it frees nothing itself.
   *
   * @param parameters what the names of all parameters that it uses begin with
   */
  block(parameters: readonly string[], inputs: readonly T[], action: (...inputs: T[]) => T): T;
  /** Frees a feature map that nothing needs any more. */
  release(x: T): void;
  /** The convolution of this name, 'same', without bias, and what follows it. */
  convolution(
    name: string,
    kind: Exclude<ParameterLayout, 'transposed' | 'vector'>,
    x: T,
    options?: ConvolutionOptions<T>,
  ): T;
  /** The batch normalisation of this name. */
  norm(name: string, x: T, relu: boolean): T;
  /** Adds the parameter `name`.bias. */
  bias(name: string, x: T): T;
  add(a: T, b: T): T;
  relu(x: T): T;
  /** Joins channels. */
  concat(xs: readonly T[]): T;
  /** Max pooling along the depth, without overlap. */
  maxPoolDepth(x: T, size: number): T;
  /** Max pooling over y, x, without overlap. */
  maxPoolPlane(x: T, size: readonly [number, number]): T;
  /** Max pooling over 3x3x3 (or 3x1x3) with stride 2 and padding 1, of values that are not negative. */
  maxPoolOverlapping(x: T, flat: boolean): T;
  /** Every `steps`th voxel along z, y, x, from the first. */
  subsample(x: T, steps: readonly [number, number, number]): T;
  /** A ring of zeros of one voxel along y, x where that is 1. */
  padPlane(x: T, ring: readonly [number, number]): T;
  /** Enlarges to D, H, W; `like` has these sizes where they are no fixed multiple of x's. */
  resize(x: T, size: readonly [number, number, number], how: Interpolation, like?: T): T;
  /** The transposed convolution of this name, whose kernel z, y, x equals its stride. */
  upConvolution(name: string, x: T, kernel: readonly [number, number, number]): T;
}
