import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, indexToWorld, voxelCount } from '@lungseg/core';
import type { Mat3, Vec3, Volume } from '@lungseg/core';
import { reorient, splitLeftRight } from './index.js';

type InLung = (x: number, y: number, z: number) => boolean;

const ellipsoid =
  (cx: number, cy: number, cz: number, rx: number, ry: number, rz: number): InLung =>
  (x, y, z) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 < 1;

// In LPS mm: the right lung is at negative x, and larger; the left one reaches further down.
const right = ellipsoid(-75, 0, 5, 55, 90, 105);
const left = ellipsoid(75, 5, -5, 50, 85, 110);
const bridge: InLung = (x, y, z) => Math.abs(x - 3) < 32 && Math.abs(y + 25) < 14 && Math.abs(z - 20) < 40;

const SIZE: Vec3 = [40, 32, 25];

function paint(inLung: InLung, axcodes = 'LPS', direction?: Mat3): Volume<Uint8Array> {
  const parts = { size: SIZE, spacing: [8, 8, 10] as Vec3 };
  const centred = createGeometry({ ...parts, ...(direction && { direction }) });
  const middle = indexToWorld(centred, [19.5, 15.5, 12]);
  const geometry = createGeometry({ ...centred, origin: [-middle[0], -middle[1], -middle[2]] });
  const data = new Uint8Array(voxelCount(geometry));
  for (let k = 0, n = 0; k < SIZE[2]; k++) {
    for (let j = 0; j < SIZE[1]; j++) {
      for (let i = 0; i < SIZE[0]; i++) data[n++] = inLung(...indexToWorld(geometry, [i, j, k])) ? 1 : 0;
    }
  }
  return reorient(createVolume(data, geometry, 'label'), axcodes);
}

/** How many voxels have the side that the patient's coordinates say, and how many don't. */
function count(result: Volume, truth: (x: number, y: number, z: number) => number): [number, number] {
  let agreed = 0;
  let differed = 0;
  const [nx, ny] = result.geometry.size;
  result.data.forEach((side, n) => {
    if (side === 0) return;
    const index: Vec3 = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
    if (truth(...indexToWorld(result.geometry, index)) === side) agreed++;
    else differed++;
  });
  return [agreed, differed];
}

const bySide = (x: number): number => (x < 0 ? 1 : 2);
const turned: Mat3 = [0.96, -0.28, 0, 0.28, 0.96, 0, 0, 0, 1];

describe('splitLeftRight', () => {
  test.each(['LPS', 'RAS', 'LAS', 'RPI', 'SAL', 'PIR', 'ASR'])(
    'calls the patient right 1 and left 2 in a volume that runs to %s',
    (axcodes) => {
      const mask = paint((...p) => right(...p) || left(...p), axcodes);
      const result = splitLeftRight(mask);
      expect(result.geometry).toEqual(mask.geometry);
      expect(result.data.filter((side) => side !== 0).length).toBe(mask.data.filter((v) => v !== 0).length);
      expect(count(result, bySide)[1]).toBe(0);
    },
  );

  test.each([
    ['LPS', 'along the patient', undefined],
    ['RAS', 'along the patient', undefined],
    ['SAL', 'along the patient', undefined],
    ['LPS', 'turned', turned],
    ['RAI', 'turned', turned],
  ])('cuts lungs that touch at the bridge, in a volume that runs to %s, %s', (axcodes, _how, direction) => {
    const mask = paint((...p) => right(...p) || left(...p) || bridge(...p), axcodes, direction);
    const outside = (x: number, y: number, z: number): number => (right(x, y, z) ? 1 : left(x, y, z) ? 2 : 0);
    const result = splitLeftRight(mask);
    // What is a lung without the bridge keeps its side, but for a rim where the bridge meets it.
    const [kept, lost] = count(
      { ...result, data: result.data.map((side, n) => (outsideAt(result, n, outside) === 0 ? 0 : side)) },
      outside,
    );
    expect(lost / kept).toBeLessThan(0.005);
  });

  test('sorts small pieces to the nearer lung', () => {
    const nodule = ellipsoid(-20, 60, 90, 15, 15, 15);
    const mask = paint((...p) => right(...p) || left(...p) || nodule(...p), 'RAS');
    expect(count(splitLeftRight(mask), bySide)[1]).toBe(0);
  });

  test('takes a single lung for one, on its side of the image or of a given midline', () => {
    const mask = paint(left, 'RAS');
    expect(new Set(splitLeftRight(mask).data)).toEqual(new Set([0, 2]));
    expect(new Set(splitLeftRight(mask, { midlineX: 140 }).data)).toEqual(new Set([0, 1]));
  });

  test.each([
    ['right', 1, 'LPS', undefined],
    ['left', 2, 'RAS', undefined],
    ['right', 1, 'SAL', turned],
  ] as const)('tells a %s lung by its hollow, wherever the image ends', (name, side, axcodes, direction) => {
    const lung = name === 'right' ? right : left;
    const heart = ellipsoid(0, -30, -10, 65, 55, 80);
    const mask = paint((...p) => lung(...p) && !heart(...p), axcodes, direction);
    for (const midlineX of [0, 70, 140]) {
      expect(new Set(splitLeftRight(mask, { midlineX }).data)).toEqual(new Set([0, side]));
    }
  });

  test.each([
    [-15, -80],
    [-15, 80],
    [15, -80],
    [15, 80],
  ])(
    'holds a single lung against the midline beside it, on a grid that lies askew: at x %d, y %d',
    (x, y) => {
      const mask = paint(ellipsoid(x, y, 0, 40, 40, 60), 'LPS', turned);
      expect(new Set(splitLeftRight(mask, { midlineX: 0 }).data)).toEqual(new Set([0, bySide(x)]));
    },
  );

  test('keeps a small lung beside a large one: it is not cut', () => {
    const small = ellipsoid(70, 20, 40, 25, 40, 45);
    const result = splitLeftRight(paint((...p) => right(...p) || small(...p)));
    expect(count(result, bySide)[1]).toBe(0);
  });

  test('gives nothing for nothing', () => {
    expect(new Set(splitLeftRight(paint(() => false)).data)).toEqual(new Set([0]));
  });

  test('refuses intensities', () => {
    const image = { ...paint(right), kind: 'intensity' as const };
    expect(() => splitLeftRight(image)).toThrow(/must have a label map.*threshold/);
  });
});

function outsideAt(volume: Volume, n: number, side: (x: number, y: number, z: number) => number): number {
  const [nx, ny] = volume.geometry.size;
  return side(...indexToWorld(volume.geometry, [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))]));
}
