import { beforeAll, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import { createGeometry, createVolume, type Network } from '@lungseg/core';
import * as tf from '@tensorflow/tfjs-core';
import { configSchema } from './config-schema.js';
import { segmentCase, windowFor } from './segment-case.js';

beforeAll(async () => {
  await selectBackend('cpu');
});

test('a case goes on beyond its edges before the network sees it, and comes back on its own grid', async () => {
  const geometry = createGeometry({ size: [20, 12, 10], spacing: [1.5, 1.5, 3] });
  const image = new Int16Array(2400).fill(-850);
  image.fill(40, 0, 240);
  const label = createVolume(new Uint8Array(2400), geometry, 'label');
  const seen: { readonly shape: readonly number[]; readonly lowest: number }[] = [];
  const network = {
    sizeMultiple: [8, 8, 4],
    apply: (x: tf.Tensor) =>
      tf.tidy(() => {
        seen.push({ shape: x.shape, lowest: tf.min(x).dataSync()[0]! });
        return tf.concat([x, tf.sub(1, x)], 4);
      }),
  } as unknown as Network<tf.Tensor, tf.Variable>;
  const { preprocessing } = configSchema.parse({
    ...{ name: 'x', output: 'y', epochs: 1, stepsPerEpoch: 1 },
    preprocessing: { spacing: [1.5, 1.5, 3] },
  });
  const item = { name: 'a', sample: { image: createVolume(image, geometry), label } };
  const prediction = await segmentCase(network, item, preprocessing);
  // 16 voxels of 24 or 48 mm on each side, up to the multiple; the nearest voxels go on, so that none is air.
  expect(seen).toEqual([{ shape: [1, 44, 48, 56, 1], lowest: expect.closeTo((-850 + 1500) / 2000, 5) }]);
  expect(prediction.geometry).toEqual(geometry);
  expect([...prediction.data]).toEqual([...image].map((hu) => (hu < -500 ? 1 : 0)));
});

test('windows are multiples of what the network takes, and no larger than the volume needs', () => {
  expect(windowFor([400, 300, 70], [32, 32, 32])).toEqual([416, 320, 64]);
  expect(windowFor([600, 600, 200], [32, 32, 32])).toEqual([448, 384, 64]);
  // Four pyramid modules with transposed convolutions want multiples of 128, of which 448 is none.
  expect(windowFor([600, 600, 200], [128, 128, 32])).toEqual([384, 384, 64]);
  expect(windowFor([60, 130, 20], [128, 128, 32])).toEqual([128, 256, 32]);
});
