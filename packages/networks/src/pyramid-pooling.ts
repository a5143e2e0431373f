import * as tf from '@tensorflow/tfjs-core';
import type { ResolvedAHNetOptions } from './ahnet-options.js';
import { maxPoolPlane, pointwise, resize, upConvolution, type Tensor } from './layers.js';
import type { Parameters } from './parameters.js';

/**
 * AH-Net's pyramid pooling in the plane: each module pools over 8, 16, 32 or 64 voxels, projects to one channel and
 * enlarges it again.
 *
 * MONAI's projection is padded by one voxel on each side. Its transposed convolution cuts that ring off again, so it is
 * left out here; interpolation does see the ring, whose value is the projection's bias.
 *
 * @returns [N, D, H, W, modules]
 * @see MONAI's PSP in monai/networks/nets/ahnet.py
 */
export function pyramidPooling(x: Tensor, parameters: Parameters, options: ResolvedAHNetOptions): Tensor {
  const flat = options.spatialDims === 2;
  const [, d, h, w] = x.shape;
  const outputs: Tensor[] = [];
  for (let i = 0; i < options.pspBlockNum; i++) {
    const size = 2 ** (i + 3);
    const window: [number, number] = [flat ? 1 : size, size];
    const bias = parameters.get(`psp.project_modules.${i}.bias`);
    const pooled = maxPoolPlane(x, window);
    const projected = pointwise(pooled, parameters.get(`psp.project_modules.${i}.weight`));
    if (options.upsampleMode === 'transpose') {
      const weight = parameters.get<tf.Tensor2D>(`psp.up_modules.${i}.weight`);
      const up = upConvolution(tf.add(projected, bias), weight, [1, ...window]);
      outputs.push(tf.add(up, parameters.get(`psp.up_modules.${i}.bias`)));
    } else {
      const ring: [number, number] = [1, 1];
      const none: [number, number] = [0, 0];
      const padded = tf.pad(projected, [none, none, flat ? none : ring, ring, none]);
      const how = options.upsampleMode === 'nearest' ? 'nearest' : 'linear';
      outputs.push(resize(tf.add(padded, bias), [d, h, w], how));
    }
  }
  return tf.concat(outputs, 4) as Tensor;
}
