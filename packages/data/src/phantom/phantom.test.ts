import { describe, expect, jest, test } from '@jest/globals';
import { createGeometry, Rng, type Mat3, type Vec3, type Volume } from '@lungseg/core';
import { centroid, COARSE, healthy, millilitres, sameVoxels } from '../testing/measure-phantom.js';
import { createThoraxPhantom } from './create-thorax-phantom.js';
import type { PhantomParams } from './phantom-params.js';
import { renderPhantom } from './render-phantom.js';
import { samplePhantomParams } from './sample-phantom-params.js';

jest.setTimeout(60_000);

describe('samplePhantomParams', () => {
  test('gives plain JSON from which the same voxels are rendered', () => {
    const params = samplePhantomParams(new Rng(5), COARSE);
    const copy = JSON.parse(JSON.stringify(params)) as PhantomParams;
    expect(copy).toEqual(params);
    expect(sameVoxels(renderPhantom(copy).image, renderPhantom(params).image)).toBe(true);
  });

  test('keeps a spacing and size that are given, and draws them otherwise', () => {
    const fixed = samplePhantomParams(new Rng(2), { spacing: [0.8, 0.8, 5], size: [420, 320, 70] }).grid;
    expect([fixed.spacing, fixed.size]).toEqual([
      [0.8, 0.8, 5],
      [420, 320, 70],
    ]);
    for (let seed = 0; seed < 50; seed++) {
      const { spacing } = samplePhantomParams(new Rng(seed)).grid;
      expect(spacing[0]).toBeGreaterThanOrEqual(0.6);
      expect(spacing[0]).toBeLessThanOrEqual(1);
      expect(spacing[2]).toBeGreaterThanOrEqual(0.75);
      expect(spacing[2]).toBeLessThanOrEqual(10);
    }
  });

  test('refuses a spacing that is not positive', () => {
    expect(() => samplePhantomParams(new Rng(1), { spacing: [0, 1, 1] })).toThrow(
      'spacing must be three positive numbers. Received: 0,1,1.',
    );
  });
});

describe('createThoraxPhantom', () => {
  test('the same seed gives the same voxels, another seed others', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => createThoraxPhantom({ seed, ...COARSE }));
    expect(b!.params).toEqual(a!.params);
    for (const part of ['image', 'label', 'leftRight'] as const) {
      expect(sameVoxels(a![part], b![part])).toBe(true);
      expect(sameVoxels(a![part], c![part])).toBe(false);
    }
  });
});

describe('renderPhantom', () => {
  const directions: readonly (readonly [string, Mat3])[] = [
    ['LPS', [1, 0, 0, 0, 1, 0, 0, 0, 1]],
    ['RAI', [-1, 0, 0, 0, -1, 0, 0, 0, -1]],
    ['coronal', [1, 0, 0, 0, 0, 1, 0, -1, 0]],
    ['sagittal', [0, 0, -1, 1, 0, 0, 0, -1, 0]],
  ];

  test.each(directions)('the right lung lies to the right of the left one in LPS: %s', (_, direction) => {
    const params = healthy(3);
    const centre = params.pose.centre;
    const size: Vec3 = [70, 70, 70];
    const half = [0, 1, 2].map((row) =>
      [0, 1, 2].reduce((sum, column) => sum + direction[row * 3 + column]! * 34.5 * 6, 0),
    );
    const geometry = createGeometry({
      size,
      spacing: [6, 6, 6],
      direction,
      origin: [centre[0] - half[0]!, centre[1] - half[1]!, centre[2] + 60 - half[2]!],
    });
    const { leftRight, label } = renderPhantom(params, geometry);
    const [right, left] = [centroid(leftRight, 1), centroid(leftRight, 2)];
    expect(right[0]).toBeLessThan(centre[0] - 30);
    expect(left[0]).toBeGreaterThan(centre[0] + 30);
    // The heart takes room from the left lung, whose dome is lower; both lie above the diaphragm's dome.
    expect(millilitres(leftRight, 2)).toBeLessThan(millilitres(leftRight, 1));
    expect(right[2]).toBeGreaterThan(centre[2]);
    expect(label.data.every((value, at) => (value === 1) === leftRight.data[at]! > 0)).toBe(true);
  });

  test('refuses an oblique grid', () => {
    const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
    const geometry = createGeometry({ size: [4, 4, 4], direction: [c, -s, 0, s, c, 0, 0, 0, 1] });
    expect(() => renderPhantom(healthy(1), geometry)).toThrow('axes run along the patient');
  });

  test('healthy lungs are dark, surrounded by body, and leave out the trachea', () => {
    const params = healthy(6);
    const { centre, scale } = params.pose;
    const geometry = createGeometry({
      size: [140, 110, 50],
      spacing: [2.5, 2.5, 5],
      origin: [centre[0] - 175, centre[1] - 137, centre[2] + 5],
    });
    const { image, label } = renderPhantom(params, geometry);
    const inside: number[] = [];
    label.data.forEach((value, at) => value > 0 && inside.push(image.data[at]!));
    inside.sort((a, b) => a - b);
    expect(inside[inside.length >> 1]).toBeGreaterThan(-950);
    expect(inside[inside.length >> 1]).toBeLessThan(-650);
    const [nx, ny, nz] = geometry.size;
    // From any lung voxel a walk towards the edge in any in-plane direction meets tissue, if only fat, before outside air.
    for (let k = 0; k < nz; k++) {
      for (let j = 0; j < ny; j++) {
        const row = (k * ny + j) * nx;
        const labels = label.data.subarray(row, row + nx);
        const first = labels.indexOf(1);
        if (first < 0) continue;
        const last = labels.lastIndexOf(1);
        const hu = image.data.subarray(row, row + nx);
        expect(Math.max(...hu.subarray(0, first))).toBeGreaterThan(-150);
        expect(Math.max(...hu.subarray(last + 1))).toBeGreaterThan(-150);
      }
    }
    // Above the carina, the air in the midline is the trachea's.
    const carina = params.mediastinum.carina * params.lungs.height;
    const k = Math.round((((carina + params.lungs.height) / 2) * scale - 5) / 5);
    let air = 0;
    for (let j = 30; j < 80; j++) {
      for (let i = 64; i < 76; i++) {
        const at = (k * ny + j) * nx + i;
        if (image.data[at]! > -800) continue;
        air++;
        expect(label.data[at]).toBe(0);
      }
    }
    expect(air).toBeGreaterThan(5);
  });

  test('fluid and free air take room from the lung that they lie beside', () => {
    const params = healthy(7);
    const full = renderPhantom(params).leftRight;
    const sick = (change: Partial<PhantomParams['pathology']>): Volume =>
      renderPhantom({ ...params, pathology: { ...params.pathology, ...change } }).leftRight;
    const wet = sick({ effusionRight: 0.3 });
    expect(millilitres(wet, 1)).toBeLessThan(0.9 * millilitres(full, 1));
    expect(millilitres(wet, 2)).toBe(millilitres(full, 2));
    const airy = sick({ pneumothoraxLeft: 0.2 });
    expect(millilitres(airy, 2)).toBeLessThan(0.9 * millilitres(full, 2));
    expect(millilitres(airy, 1)).toBe(millilitres(full, 1));
  });
});

describe('what a patient may have', () => {
  const params = healthy(7);
  const plain = renderPhantom(params);

  test('devices change HU, not the labels; a pacemaker lies on its side, in metal', () => {
    const none = params.devices;
    for (const pacemaker of [1, 2]) {
      const { image, label } = renderPhantom({
        ...params,
        devices: { ...none, pacemaker, trachealTube: true, gastricTube: true, drain: pacemaker },
        scanner: { ...params.scanner, metalStreakHu: 0 },
      });
      expect(sameVoxels(label, plain.label)).toBe(true);
      const metal = { ...image, data: Uint8Array.from(image.data, (hu) => (hu > 1500 ? 1 : 0)) };
      const x = centroid(metal, 1)[0] - params.pose.centre[0];
      expect(pacemaker === 1 ? -x : x).toBeGreaterThan(15);
    }
  });

  test('where a lobe was taken out, that lung is smaller and the other may be larger', () => {
    const lost = renderPhantom({
      ...params,
      lungs: { ...params.lungs, rightDome: 50 },
      mediastinum: { ...params.mediastinum, shift: -15 },
    }).leftRight;
    expect(millilitres(lost, 1)).toBeLessThan(0.8 * millilitres(plain.leftRight, 1));
    expect(millilitres(lost, 2)).toBeGreaterThan(millilitres(plain.leftRight, 2));
  });

  test('fibrosis makes lung denser, and it stays lung', () => {
    const scarred = renderPhantom({ ...params, pathology: { ...params.pathology, fibrosis: 1 } });
    expect(sameVoxels(scarred.label, plain.label)).toBe(true);
    const meanHu = ({ image, label }: typeof plain): number => {
      let sum = 0;
      let count = 0;
      label.data.forEach((value, at) => {
        if (value === 0) return;
        sum += image.data[at]!;
        count++;
      });
      return sum / count;
    };
    expect(meanHu(scarred)).toBeGreaterThan(meanHu(plain) + 10);
  });
});
