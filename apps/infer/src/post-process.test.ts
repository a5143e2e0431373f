import { describe, expect, test } from '@jest/globals';
import {
  createVolume,
  IDENTITY_DIRECTION,
  indexToWorld,
  type Mat3,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import {
  fillHoles,
  growThroughAir,
  keepLargestComponents,
  refineBoundary,
  removeGas,
  removePadding,
  splitLeftRight,
  type RegionParams,
} from '@lungseg/transforms';
import { postProcess, type Lungs } from './post-process.js';
import { gridAround, renderChest, type ChestOptions } from './testing/chest.js';

const SIZE: Vec3 = [160, 110, 60];
const { image, leftRight } = renderChest(gridAround(SIZE, [2, 2, 4], IDENTITY_DIRECTION));
const body: RegionParams = { start: [0, 0, 0], size: SIZE, from: SIZE };
const maskOf = (isLung: (n: number) => boolean): Volume<Uint8Array> =>
  createVolume(
    Uint8Array.from(leftRight.data, (_, n) => Number(isLung(n))),
    leftRight.geometry,
    'label',
  );
/** What the network is sure of. */
const sure = (mask: Volume<Uint8Array>): Volume<Uint8Array> => ({
  ...mask,
  data: mask.data.map((label) => 2 * label),
});
const lungs = maskOf((n) => leftRight.data[n]! > 0);
/** The lungs, beside where they are by a voxel along x, which is 2 mm. */
const shifted = maskOf((n) => leftRight.data[n - 1]! > 0);

/** How many voxels of two volumes differ. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let count = 0;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) count++;
  return count;
}

describe('postProcess', () => {
  test.each([
    ['air', -1024],
    ["a scanner's padding", -3024],
  ])("moves a mask's edge to the lungs', where around the body is %s", (_, outside) => {
    const ct = { ...image, data: image.data.map((hu) => (hu === -1024 ? outside : hu)) };
    expect(differences(shifted.data, lungs.data)).toBeGreaterThan(5000);
    expect(differences(postProcess(sure(shifted), body, ct).leftRight.data, leftRight.data)).toBe(0);
  });

  test('takes nothing of what lies outside of the circle that the scanner measured', () => {
    const isMeasured = (n: number): boolean =>
      Math.hypot((n % 160) - 80, (Math.floor(n / 160) % 110) - 55) < 50;
    const ct = { ...image, data: image.data.map((hu, n) => (isMeasured(n) ? hu : -1024)) };
    const within = maskOf((n) => lungs.data[n] === 1 && isMeasured(n));
    expect(differences(within.data, lungs.data)).toBeGreaterThan(5000);
    const result = postProcess(sure(lungs), body, ct);
    expect(differences(result.lung.data, within.data)).toBe(0);
    expect(differences(result.leftRight.data, leftRight.data)).toBe(differences(within.data, lungs.data));
    // By a cylinder as high as the chest is long.
    for (const area of Object.values(result.cutMm2)) expect(area).toBeGreaterThan(10_000);
    expect(postProcess(sure(lungs), body, image).cutMm2).toEqual({ right: 0, left: 0 });
  });

  test('fills what the CT has within the lungs, and does not let a crumb grow', () => {
    const nodule = (50 * 110 + 55) * 160 + 46;
    const crumb = (3 * 110 + 105) * 160 + 5;
    const isNodule = (n: number): boolean => [0, 1, 160, 161, 17600].includes(n - nodule);
    const ct = { ...image, data: image.data.map((hu, n) => (isNodule(n) ? 40 : hu)) };
    const raw = maskOf((n) => (lungs.data[n] === 1 && !isNodule(n)) || n === crumb);
    expect(leftRight.data[nodule]).toBe(1);
    expect(image.data[crumb]).toBe(-1024);
    const result = postProcess(sure(raw), body, ct);
    expect(differences(result.leftRight.data, leftRight.data)).toBe(0);
    expect(differences(result.lung.data, lungs.data)).toBe(0);
  });

  test('leaves no specks where a rim of noisy tissue goes', () => {
    const size: Vec3 = [228, 110, 60];
    const thin = renderChest(gridAround(size, [1.4, 2, 4], IDENTITY_DIRECTION));
    const hu = thin.image.data.map((value, n) => (value > -200 && n % 7 === 0 ? -300 : value));
    const wide = Uint8Array.from(thin.leftRight.data, (_, n) =>
      Number([0, 1, 2].some((step) => thin.leftRight.data[n - step]! > 0)),
    );
    const mask = createVolume(wide, thin.leftRight.geometry, 'label');
    const { lung } = postProcess(sure(mask), { ...body, size, from: size }, { ...thin.image, data: hu });
    const alone = lung.data.filter(
      (value, n) =>
        value === 1 && ![1, -1, 228, -228, 25080, -25080].some((step) => lung.data[n + step] === 1),
    );
    expect(differences(wide, thin.leftRight.data.map(Number))).toBeGreaterThan(5000);
    expect(alone).toHaveLength(0);
  });

  test('keeps a nodule at the pleura of which the network missed a part in its middle', () => {
    /** Of the lung's voxels, those of less than 10 mm from where it ends along x, in a few rows. */
    const isNodule = (n: number): boolean => {
      const [x, y, z] = [n % 160, Math.floor(n / 160) % 110, Math.floor(n / 17600)];
      const depth = [0, 1, 2, 3, 4].findIndex((step) => lungs.data[n - step - 1] === 0);
      return lungs.data[n] === 1 && x < 80 && depth >= 0 && Math.abs(y - 55) < 5 && Math.abs(z - 30) < 3;
    };
    const nodule = maskOf(isNodule);
    const inner = maskOf((n) =>
      [0, 1, -1, 160, -160, 17600, -17600, 2].every((step) => nodule.data[n + step] === 1),
    );
    const ct = { ...image, data: image.data.map((hu, n) => (nodule.data[n] === 1 ? 40 : hu)) };
    const raw = maskOf((n) => lungs.data[n] === 1 && inner.data[n] === 0);
    expect(differences(raw.data, lungs.data)).toBeGreaterThan(20);
    expect(differences(postProcess(sure(raw), body, ct).lung.data, lungs.data)).toBe(0);
  });

  test('takes in gas that the network doubts beside lung of which it is sure, but none where it is sure of nothing', () => {
    /** The body behind a plane through the lungs. */
    const isDoubted = (n: number): boolean => Math.floor(n / 160) % 110 > 70 && image.data[n] !== -1024;
    const doubted = maskOf((n) => isDoubted(n) || lungs.data[n] === 1);
    const levels = { ...doubted, data: doubted.data.map((level, n) => (isDoubted(n) ? level : 2 * level)) };
    expect(differences(postProcess(levels, body, image).leftRight.data, leftRight.data)).toBe(0);
    expect(postProcess(doubted, body, image).lung.data.includes(1)).toBe(false);
  });

  test('finds no lung where the network takes a hollow for one that holds gas alone', () => {
    const gas = { ...image, data: image.data.map((hu, n) => (lungs.data[n] === 1 ? -1000 + (n % 9) : hu)) };
    expect(postProcess(sure(lungs), body, gas).lung.data.includes(1)).toBe(false);
    const oneLung = maskOf((n) => leftRight.data[n] === 1);
    const half = { ...gas, data: gas.data.map((hu, n) => (leftRight.data[n] === 1 ? image.data[n]! : hu)) };
    expect(differences(postProcess(sure(lungs), body, half).lung.data, oneLung.data)).toBe(0);
  });

  test('takes no lung for gas because the network takes more padding than lung for lung, and says which lung is cut', () => {
    const isMeasured = (n: number): boolean => n % 160 < 115;
    const ct = { ...image, data: image.data.map((hu, n) => (isMeasured(n) ? hu : -1024)) };
    const taken = maskOf((n) => (isMeasured(n) ? lungs.data[n] === 1 : Math.floor(n / 160) % 110 > 10));
    const within = maskOf((n) => lungs.data[n] === 1 && isMeasured(n));
    const result = postProcess(sure(taken), body, ct);
    expect(differences(result.lung.data, within.data)).toBe(0);
    const cut = within.data.filter((label, n) => label === 1 && !isMeasured(n + 1)).length * 2 * 4;
    expect(result.cutMm2).toEqual({ right: 0, left: cut });
  });

  test('lets gas that it took out not grow back from what the network doubts beside it', () => {
    const gas = { ...image, data: image.data.map((hu, n) => (leftRight.data[n] === 2 ? -1000 : hu)) };
    const oneLung = maskOf((n) => leftRight.data[n] === 1);
    // As if no wall were between them: gas in the mediastinum, doubted.
    const between = (n: number): boolean => {
      const [x, y, z] = [n % 160, Math.floor(n / 160) % 110, Math.floor(n / 17_600)];
      return x > 60 && x < 100 && y > 40 && y < 70 && z > 20 && z < 40 && leftRight.data[n] === 0;
    };
    const ct = { ...gas, data: gas.data.map((hu, n) => (between(n) ? -900 : hu)) };
    const levels = maskOf(() => false);
    levels.data.forEach((_, n) => (levels.data[n] = between(n) ? 1 : 2 * lungs.data[n]!));
    const { lung } = postProcess(levels, body, ct);
    const isLeft = (n: number): boolean => leftRight.data[n] === 2;
    const grown = lung.data.filter((label, n) => label === 1 && isLeft(n)).length;
    expect(lung.data.filter((label, n) => label === 1 && oneLung.data[n] === 1).length).toBeGreaterThan(
      10_000,
    );
    // A few mm by the refined boundary.
    expect(grown).toBeLessThan(0.1 * leftRight.data.filter((label) => label === 2).length);
  });

  const askew: Mat3 = [0.96, -0.28, 0, 0.28, 0.96, 0, 0, 0, 1];
  test.each<[string, Vec3, Mat3, ChestOptions]>([
    ['whole lungs', [80, 60, 60], IDENTITY_DIRECTION, {}],
    ['lungs that the image cuts at each side', [52, 30, 40], IDENTITY_DIRECTION, {}],
    ['one slice', [80, 60, 1], IDENTITY_DIRECTION, {}],
    ['a single lung', [80, 60, 60], askew, { left: false }],
    ['a single lung that the image cuts', [52, 30, 40], askew, { right: false }],
  ])(
    'gives on the box of the lungs exactly what its steps give on the whole image: %s',
    (_, size, axes, options) => {
      const grid = gridAround(size, [4.1, 4.1, 4.3], axes);
      const chest = renderChest(grid, options);
      // The network's lungs lie aside, with holes, and it doubts a part of them.
      const data = Uint8Array.from(chest.image.data, (_hu, n) => {
        const isInside = chest.leftRight.data[n - 1]! > 0 && n % 11 > 0;
        return isInside ? 2 - Number((n % size[0]) % 9 < 4) : 0;
      });
      const levels = createVolume(data, grid, 'label');
      const result = postProcess(levels, { start: [0, 0, 0], size, from: size }, chest.image);
      const expected = stepByStep(levels, chest.image);
      expect(result.lung.data).toContain(1);
      expect(differences(result.lung.data, expected.lung.data)).toBe(0);
      expect(differences(result.leftRight.data, expected.leftRight.data)).toBe(0);
      expect([result.lung.geometry, result.leftRight.geometry]).toEqual([grid, grid]);
    },
  );
});

/** The steps, without boxes. */
function stepByStep(levels: Volume<Uint8Array>, image: Volume): Omit<Lungs, 'cutMm2'> {
  const { size } = levels.geometry;
  const keep = keepLargestComponents({ count: 6, connectivity: 6, minimumFraction: 0.05, minimumMl: 5 });
  const found = { ...levels, data: levels.data.map((level) => (level > 1 ? 1 : 0)) };
  const large = keepLargestComponents({ count: 1000, connectivity: 6, minimumMl: 5 }).apply(found, null);
  const air = removeGas(removePadding(large, image), image);
  const certain = keep.apply(air, null);
  const isRemoved = (n: number): boolean => large.data[n]! > air.data[n]!;
  const possible = { ...levels, data: levels.data.map((level, n) => (isRemoved(n) ? 0 : level)) };
  const whole = fillHoles().apply(growThroughAir(certain, possible, image), null);
  const refined = keep.apply(refineBoundary(whole, image), null);
  const lung = removePadding(fillHoles().apply(refined, null) as Volume<Uint8Array>, image);
  const middle = size.map((n) => (n - 1) / 2) as unknown as Vec3;
  const [midlineX] = indexToWorld(levels.geometry, middle);
  return { lung, leftRight: splitLeftRight(lung, { midlineX }) };
}
