import type * as tf from '@tensorflow/tfjs-core';
import { Rng, toFloat32, type Network, type Vec3, type Volume } from '@lungseg/core';
import { slidingWindow, voxelsBeyondEdges } from '@lungseg/inferers';
import { invertRegion, padToMultiple, scaleIntensityRange, transformVolume } from '@lungseg/transforms';
import type { TrainConfig } from './config.js';
import type { PreparedCase } from './prepare-case.js';

/** Windows of whole volumes are about as large as this, where the volume is: context helps, and overlaps cost. */
const WINDOW: Vec3 = [448, 384, 64];

/**
 * Segments a whole prepared volume by sliding window.
 *
 * @returns label numbers on the network's grid, without post-processing; the volume goes on beyond its edge as in inference
 */
export async function segmentCase(
  network: Network<tf.Tensor, tf.Variable>,
  { sample }: PreparedCase,
  config: TrainConfig['preprocessing'],
): Promise<Volume> {
  const scale = scaleIntensityRange({ ...config.intensity, clip: true });
  const margin = voxelsBeyondEdges(config.spacing);
  const pad = padToMultiple({ multiple: network.sizeMultiple, margin, fill: 'clamp' });
  const image = transformVolume(scale, sample.image);
  const padding = pad.sampleParams(new Rng(0), { image });
  const { data, geometry } = toFloat32(pad.apply(image, padding));
  const window = windowFor(geometry.size, network.sizeMultiple);
  const fields = await slidingWindow({ data, size: geometry.size }, (x) => network.apply(x, 'evaluate'), {
    window,
    overlap: 0.25,
  });
  const [other, lung] = fields.map((field) => field.data) as [Float32Array, Float32Array];
  const labels = Uint8Array.from(lung, (value, i) => (value > other[i]! ? 1 : 0));
  return invertRegion({ ...sample.label, data: labels, geometry }, padding);
}

/** The volume itself, or as much of it as fits into {@link WINDOW}, in sizes that the network takes. */
export function windowFor(size: Vec3, sizeMultiple: Vec3): Vec3 {
  return size.map((n, axis) => {
    const multiple = sizeMultiple[axis]!;
    const most = Math.max(1, Math.floor(WINDOW[axis]! / multiple));
    return Math.min(Math.ceil(n / multiple), most) * multiple;
  }) as unknown as Vec3;
}
