import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { reorient } from '@lungseg/transforms';
import { prepare, type PreparedImage } from './prepare.js';
import { bandModel } from './testing/band-model.js';

const SPACING: Vec3 = [3, 3, 5];

/** A box of soft tissue, 150 mm from side to side, its front `front` mm behind that of the image, `depth` mm thick. */
function body(depth: number, front = 60): Volume {
  const geometry = createGeometry({ size: [100, 120, 20], spacing: [2.5, 2.5, 5] });
  const data = new Int16Array(240_000).fill(-1024);
  for (let z = 0; z < 20; z++) {
    for (let y = front / 2.5; y < (front + depth) / 2.5; y++) {
      data.fill(40, (z * 120 + y) * 100 + 20, (z * 120 + y) * 100 + 80);
    }
  }
  return createVolume(data, geometry);
}

function prepared(image: Volume, leastBodyDepth?: number): PreparedImage {
  const { description } = bandModel(SPACING);
  const inference =
    leastBodyDepth === undefined ? description.inference : { ...description.inference, leastBodyDepth };
  return prepare(image, { ...description, inference }, [16, 16, 8]);
}

const spacingOf = ({ grid }: { readonly grid: Geometry }): number[] =>
  grid.spacing.map((mm) => Number(mm.toFixed(6)));

describe('prepare', () => {
  test('samples a small body so finely that it is as many voxels thick as one of the least depth', () => {
    expect(spacingOf(prepared(body(120), 150))).toEqual([2.4, 2.4, 4]);
    const usual = prepared(body(150));
    const finer = prepared(body(120), 150);
    // A box of 20 mm is kept around the body, which is finer by 1.25, too.
    expect(usual.grid.size[1] * 3).toBeCloseTo(150 + 40, -1);
    expect(finer.grid.size[1] * 2.4).toBeCloseTo(120 + 40, -1);
  });

  test('does so at most 1.5 times as finely', () => {
    expect(spacingOf(prepared(body(30), 180))).toEqual([2, 2, 3.333333]);
  });

  test.each([
    ['its depth is not under the least', body(180), 180],
    ['the model states no least depth', body(120), undefined],
    ['the image ends within the margin in front of it', body(120, 15), 180],
    ['the image ends behind it', body(120, 170), 180],
    ['there is air alone', body(0), 180],
  ])('samples as usual where %s', (_name, image, leastBodyDepth) => {
    expect(spacingOf(prepared(image, leastBodyDepth))).toEqual(SPACING);
  });

  test.each(['RAS', 'SLP', 'AIR'])('measures from front to back in an image stored as %s, too', (axcodes) => {
    expect(spacingOf(prepared(reorient(body(120), axcodes), 180))).toEqual([2, 2, 3.333333]);
  });

  test('goes on beyond the edges by as many voxels as usual, since it is voxels that the network sees', () => {
    const { grid, padding } = prepared(body(120), 180);
    padding.start.forEach((n, axis) => expect(-n).toBeGreaterThanOrEqual(axis === 2 ? 10 : 8));
    expect(padding.from).toEqual(grid.size);
  });

  test('shows the network what is darker than the least HU as that, and all else as without it', () => {
    const { description } = bandModel(SPACING);
    const shown = (leastHu?: number): Float32Array => {
      const inference = { ...description.inference, ...(leastHu === undefined ? {} : { leastHu }) };
      const { field } = prepare(body(120), { ...description, inference }, [16, 16, 8]);
      return Float32Array.from(field.data);
    };
    const { from, to } = description.preprocessing.intensity;
    const least = to[0] + ((-960 - from[0]) * (to[1] - to[0])) / (from[1] - from[0]);
    const usual = shown();
    expect(usual.some((value) => value < least - 0.01)).toBe(true);
    const isAsWithout = shown(-960).map((value, n) =>
      Number(Math.abs(value - Math.max(usual[n]!, least)) < 1e-6),
    );
    expect(isAsWithout).not.toContain(0);
  });
});
