import { expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Volume } from '@lungseg/core';
import { prepare } from './prepare.js';
import { restoreLevels } from './restore.js';
import { bandModel } from './testing/band-model.js';

/** A block of tissue of 8 x 6 x 4 voxels in the middle of air. */
function block(): Volume<Int16Array> {
  const geometry = createGeometry({ size: [40, 40, 40], spacing: [3, 3, 3], origin: [-7.3, 11, 130.1] });
  const data = new Int16Array(64000).fill(-1024);
  for (let z = 18; z < 22; z++) {
    for (let y = 17; y < 23; y++) data.fill(40, (z * 40 + y) * 40 + 16, (z * 40 + y) * 40 + 24);
  }
  return createVolume(data, geometry);
}

test.each([
  [0.04, 0],
  [0.06, 1],
  [0.49, 1],
  [0.51, 2],
  [NaN, 0],
])(
  'counts the levels that a probability of %d reaches, in the box of the body alone',
  (probability, level) => {
    const image = block();
    const prepared = prepare(image, bandModel([2, 2, 4]).description, [16, 16, 16]);
    const values = new Float32Array(prepared.field.data.length).fill(probability);
    const levels = restoreLevels(values, prepared, image.geometry, [0.05, 0.5]);
    const [nx, ny, nz] = prepared.body.size;
    expect(nx * ny * nz).toBeLessThan(64000);
    expect(levels.geometry).toBe(image.geometry);
    expect(levels.data.filter((label) => label === level)).toHaveLength(level > 0 ? nx * ny * nz : 64000);
  },
);
