import type * as tf from '@tensorflow/tfjs-core';
import { toFloat32, type Network, type Vec3, type Volume } from '@lungseg/core';
import { slidingWindow } from '@lungseg/inferers';
import { scaleIntensityRange, transformVolume } from '@lungseg/transforms';
import type { TrainConfig } from './config.js';
import type { PreparedCase } from './prepare-case.js';

/** Windows of whole volumes are as large as this, where the volume is: context helps, and overlaps cost. */
const WINDOW: Vec3 = [448, 384, 64];

/**
 * Segments a whole prepared volume by sliding window.
 *
 * @returns label numbers on the network's grid, without post-processing
 */
export async function segmentCase(
  network: Network<tf.Tensor, tf.Variable>,
  { sample }: PreparedCase,
  config: TrainConfig['preprocessing'],
): Promise<Volume> {
  const scale = scaleIntensityRange({ ...config.intensity, clip: true });
  const { data, geometry } = toFloat32(transformVolume(scale, sample.image));
  const window = geometry.size.map((n, axis) => {
    const multiple = network.sizeMultiple[axis]!;
    return Math.min(Math.ceil(n / multiple) * multiple, WINDOW[axis]!);
  }) as unknown as Vec3;
  const fields = await slidingWindow({ data, size: geometry.size }, (x) => network.apply(x, 'evaluate'), {
    window,
    overlap: 0.25,
  });
  const [other, lung] = fields.map((field) => field.data) as [Float32Array, Float32Array];
  const labels = Uint8Array.from(lung, (value, i) => (value > other[i]! ? 1 : 0));
  return { ...sample.label, data: labels };
}
