import * as tf from '@tensorflow/tfjs-core';
import type { Vec3 } from '@lungseg/core';
import { slidingWindow, type BlendMode } from '@lungseg/inferers';
import type { CaseCheck, Comparison } from './check.js';
import { relativeError } from './golden.js';

const TOLERANCE = 1e-4;
const SIZE: Vec3 = [50, 41, 19];
const WINDOW: Vec3 = [24, 16, 8];

/** Blending of a predictor that adds a ramp over the window; an output is named by its mode and overlap in %. */
export const checkSlidingWindow: CaseCheck = async (golden, name) => {
  const [nx, ny, nz] = SIZE;
  const values = golden.uniform('sw', nx * ny * nz);
  const data = new Float32Array(values.length);
  // PyTorch's order is z fastest; a field's is x fastest.
  forEachVoxel((ours, theirs) => (data[ours] = values[theirs]!));
  const ramp = windowRamp();
  const predict = (window: tf.Tensor5D): tf.Tensor =>
    tf.concat([tf.add(window, ramp), tf.sub(tf.mul(window, 2), ramp)], 4);
  const comparisons: Comparison[] = [];
  for (const [key, reference] of golden.tensors(name)) {
    const [mode, percent] = key.split('_') as [BlendMode, string];
    const options = { window: WINDOW, mode, overlap: Number(percent) / 100 };
    const fields = await slidingWindow({ data, size: SIZE }, predict, options);
    const actual = new Float32Array(2 * data.length);
    for (const [channel, field] of fields.entries()) {
      forEachVoxel((ours, theirs) => (actual[channel * data.length + theirs] = field.data[ours]!));
    }
    comparisons.push({ name: key, error: relativeError(actual, reference), tolerance: TOLERANCE });
  }
  ramp.dispose();
  return { comparisons, skipped: [] };
};

function windowRamp(): tf.Tensor {
  return tf.tidy(() => {
    const [x, y, z] = WINDOW;
    const along = tf.reshape(tf.linspace(0, 1, x), [1, 1, 1, x, 1]);
    const down = tf.reshape(tf.linspace(0, 2, y), [1, 1, y, 1, 1]);
    return tf.add(tf.add(along, down), tf.reshape(tf.linspace(0, 3, z), [1, z, 1, 1, 1]));
  });
}

function forEachVoxel(visit: (ours: number, theirs: number) => void): void {
  const [nx, ny, nz] = SIZE;
  let ours = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) visit(ours++, (x * ny + y) * nz + z);
    }
  }
}
