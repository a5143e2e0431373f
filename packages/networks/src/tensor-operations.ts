import * as tf from '@tensorflow/tfjs-core';
import { relu } from '@lungseg/backend';
import type { Shape5 } from './ahnet-layers.js';
import {
  maxPoolDepth,
  maxPoolOverlapping,
  maxPoolPlane,
  padPlane,
  resize,
  subsample,
  type Interpolation,
  type Tensor,
} from './layers.js';

/** The layers of AH-Net that hold no parameters, over tfjs tensors: the same in training and in inference. */
export abstract class TensorOperations {
  shapeOf = (x: Tensor): Shape5 => x.shape;
  release = (x: Tensor): void => x.dispose();
  add = (a: Tensor, b: Tensor): Tensor => tf.add(a, b);
  relu = (x: Tensor): Tensor => relu(x);
  concat = (xs: readonly Tensor[]): Tensor => tf.concat([...xs], 4);
  maxPoolDepth = maxPoolDepth;
  maxPoolPlane = maxPoolPlane;
  maxPoolOverlapping = maxPoolOverlapping;
  subsample = subsample;
  padPlane = padPlane;
  resize = (x: Tensor, size: readonly [number, number, number], how: Interpolation): Tensor =>
    resize(x, size, how);
}
