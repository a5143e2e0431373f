import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { createVolume, geometryToRasAffine, IDENTITY_DIRECTION, type Mat3, type Vec3 } from '@lungseg/core';
import { dice } from '@lungseg/metrics';
import { reorient } from '@lungseg/transforms';
import { segment } from './segment.js';
import { StageClock } from './stages.js';
import { bandModel } from './testing/band-model.js';
import { gridAround, renderChest } from './testing/chest.js';

const SPACING: Vec3 = [6, 6, 8];
const SIZE: Vec3 = [56, 42, 32];
const model = bandModel(SPACING);

/** Rotated by 20 degrees about z and then 10 about x. */
function obliqueDirection(): Mat3 {
  const [c, s] = [Math.cos(0.349), Math.sin(0.349)];
  const [d, t] = [Math.cos(0.175), Math.sin(0.175)];
  return [c, -s, 0, d * s, d * c, -t, t * s, t * c, d];
}

beforeAll(async () => {
  await selectBackend('cpu');
});

describe('segment', () => {
  test.each<[string, Mat3, Vec3, Vec3]>([
    ['LPS', IDENTITY_DIRECTION, SIZE, SPACING],
    ['LAS, flipped', [1, 0, 0, 0, -1, 0, 0, 0, 1], SIZE, SPACING],
    ['RAI, flipped twice', [-1, 0, 0, 0, -1, 0, 0, 0, -1], SIZE, SPACING],
    ['sagittal slices', [0, 0, 1, 1, 0, 0, 0, -1, 0], [42, 32, 56], [6, 8, 6]],
    ['oblique', obliqueDirection(), SIZE, SPACING],
    ['coarse, oblique', obliqueDirection(), [42, 34, 24], [8, 8, 10]],
    ['fine', IDENTITY_DIRECTION, [84, 64, 50], [4, 4, 5]],
  ])(
    'finds both lungs of a chest drawn in world coordinates: %s',
    async (_name, direction, size, spacing) => {
      const { image, leftRight } = renderChest(gridAround(size, spacing, direction));
      const result = await segment(image, model);
      expect(result.leftRight.geometry).toEqual(image.geometry);
      expect(dice(result.leftRight, leftRight, 1)).toBeGreaterThan(0.93);
      expect(dice(result.leftRight, leftRight, 2)).toBeGreaterThan(0.93);
    },
  );

  test.each(['RAS', 'LPI', 'SRA'])('gives the same mask for the same CT stored as %s', async (axcodes) => {
    const { image } = renderChest(gridAround(SIZE, SPACING, obliqueDirection()));
    const turned = reorient(image, axcodes);
    const expected = await segment(image, model);
    const actual = await segment(turned, model);
    const affine = geometryToRasAffine(turned.geometry);
    geometryToRasAffine(actual.lung.geometry).forEach((n, i) => expect(n).toBeCloseTo(affine[i]!, 4));
    const back = reorient(expected.leftRight, axcodes);
    expect(dice(actual.lung, back)).toBe(1);
    expect(Buffer.compare(actual.leftRight.data, back.data)).toBe(0);
  });

  test('keeps lungs that the image cuts up to its first and last slice', async () => {
    const { image, leftRight } = renderChest(gridAround([56, 42, 21], [6, 6, 5], IDENTITY_DIRECTION));
    const { lung } = await segment(image, bandModel([6, 6, 3.7]));
    const slice = 56 * 42;
    for (const start of [0, 20 * slice]) {
      const expected = leftRight.data.subarray(start, start + slice).filter((label) => label > 0).length;
      const actual = lung.data.subarray(start, start + slice).filter((label) => label > 0).length;
      expect(actual / expected).toBeGreaterThan(0.9);
    }
  });

  test('gives an empty mask for a volume of air', async () => {
    const geometry = gridAround([20, 20, 10], SPACING, IDENTITY_DIRECTION);
    const air = createVolume(new Int16Array(4000).fill(-1024), geometry);
    const { lung, leftRight } = await segment(air, model);
    expect(Math.max(...lung.data, ...leftRight.data)).toBe(0);
  });

  test.each([
    [{ left: false }, 1],
    [{ right: false }, 2],
  ])('tells the side of a single lung: %p', async (options, side) => {
    const { image } = renderChest(gridAround(SIZE, SPACING, IDENTITY_DIRECTION), options);
    const { leftRight } = await segment(image, model);
    expect([...new Set(leftRight.data)].sort()).toEqual([0, side]);
  });

  test.each<[[number, number], boolean]>([
    [[0.05, 0.5], true],
    [[0.05, 0.65], false],
  ])('calls lung what reaches the second of the levels that the model states: %p', async (levels, isLung) => {
    const { image } = renderChest(gridAround(SIZE, SPACING, IDENTITY_DIRECTION));
    const { description } = model;
    const stated = {
      ...model,
      description: { ...description, inference: { ...description.inference, levels } },
    };
    const predict = (x: tf.Tensor): tf.Tensor =>
      tf.tidy(() => tf.concat([tf.zerosLike(x), tf.fill(x.shape, Math.log(0.6 / 0.4))], 4));
    const { lung } = await segment(image, stated, { predict });
    expect(Math.max(...lung.data)).toBe(isLung ? 1 : 0);
  });

  test('reports its plan, its progress and its stages, and leaves no tensor', async () => {
    const tensors = tf.memory().numTensors;
    const stages: string[] = [];
    const progress: [number, number][] = [];
    let windows = 0;
    const { image } = renderChest(gridAround(SIZE, SPACING, IDENTITY_DIRECTION));
    await segment(image, model, {
      window: [32, 32, 32],
      clock: new StageClock((stage) => stages.push(stage)),
      onPrepared: (details) => (windows = details.windows),
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(stages).toEqual(['prepare', 'network', 'restore', 'post-process']);
    expect(windows).toBeGreaterThan(1);
    expect(progress.at(-1)).toEqual([windows, windows]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('does not change the image, and stops when aborted', async () => {
    const { image } = renderChest(gridAround(SIZE, SPACING, IDENTITY_DIRECTION));
    const before = image.data.slice();
    const reason = new Error('enough');
    await expect(segment(image, model, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(Buffer.compare(Buffer.from(image.data.buffer), Buffer.from(before.buffer))).toBe(0);
  });
});
