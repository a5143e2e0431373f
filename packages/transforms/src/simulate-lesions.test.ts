import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, type Vec3, type Volume } from '@lungseg/core';
import { simulateLesions, transformSample } from './index.js';

describe('simulateLesions', () => {
  const size = [24, 20, 16] as const;
  const geometry = createGeometry({ size, spacing: [2, 2, 3] });
  const filled = (hu: number): Volume => createVolume(new Int16Array(24 * 20 * 16).fill(hu), geometry);
  const place = ([x, y, z]: Vec3): number => (z * 20 + y) * 24 + x;
  const oneVoxel = (at: Vec3): Volume => {
    const data = new Uint8Array(24 * 20 * 16);
    data[place(at)] = 1;
    return createVolume(data, geometry, 'label');
  };

  test('takes aerated lung around voxels of the label to the HU of a lesion, fully in its middle, not beyond its reach', () => {
    const transform = simulateLesions({ count: 1, radius: [8, 12], values: [[20, 20]], opacity: 1 });
    const lung = oneVoxel([12, 10, 8]);
    const { sample, params } = transformSample(transform, { image: filled(-850), label: lung }, new Rng(4));
    const [{ radii, centre }] = params.lesions as [(typeof params.lesions)[0]];
    expect(centre).toEqual([12, 10, 8]);
    sample['image']!.data.forEach((hu, n) => {
      const at = [n % 24, Math.floor(n / 24) % 20, Math.floor(n / 480)];
      const mm = at.map((v, axis) => (v - centre[axis]!) * geometry.spacing[axis]!);
      const reach = Math.hypot(...mm.map((v, axis) => v / radii[axis]!));
      if (reach <= 0.5) expect(hu).toBe(20);
      else if (reach >= 1) expect(hu).toBe(-850);
      else expect(hu).toBeCloseTo(-850 + 870 * 2 * (1 - reach), 2);
    });
    expect(sample['label']).toBe(lung);
  });

  test('leaves vessels and what is around the lungs, and darkens by emphysema, half of the way by an opacity of 0.5', () => {
    const image = filled(-800);
    image.data[place([12, 10, 8])] = 40;
    const transform = simulateLesions({ count: 1, radius: 9, values: [[-1000, -1000]], opacity: 0.5 });
    const { data } = transformSample(transform, { image, label: oneVoxel([12, 10, 8]) }, new Rng(1)).sample[
      'image'
    ]!;
    expect(data[place([12, 10, 8])]).toBe(40);
    expect(data[place([13, 10, 8])]).toBe(-900);
  });

  test('makes lesions one after another: consolidation in emphysema, no emphysema in consolidation', () => {
    const at = { centre: [12, 10, 8], radii: [9, 9, 9], opacity: 1 } as const;
    const [dark, dense] = [
      { ...at, hu: -1000 },
      { ...at, hu: 0 },
    ] as const;
    const transform = simulateLesions({ count: 2, radius: 9 });
    const middle = (...lesions: (typeof dark | typeof dense)[]): number =>
      transform.apply(filled(-800), { lesions, from: size }).data[place([12, 10, 8])]!;
    expect([middle(dark), middle(dark, dense), middle(dense, dark)]).toEqual([-1000, 0, 0]);
  });

  test('draws as many as told, each of one of the ranges, and none where there is no lung', () => {
    const transform = simulateLesions({ count: [2, 4], radius: [5, 9] });
    const counts = new Set<number>();
    const kinds = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { lesions } = transform.sampleParams(new Rng(seed), {
        image: filled(-850),
        label: oneVoxel([3, 4, 5]),
      });
      counts.add(lesions.length);
      for (const { hu, opacity } of lesions) {
        kinds.add([-950, -300, 60].findIndex((most) => hu <= most));
        expect(opacity).toBeGreaterThanOrEqual(0.5);
      }
    }
    expect([...counts].sort()).toEqual([2, 3, 4]);
    expect([...kinds].sort()).toEqual([0, 1, 2]);
    const label = createVolume(new Uint8Array(24 * 20 * 16), geometry, 'label');
    const image = filled(-850);
    expect(transformSample(transform, { image, label }, new Rng(1)).sample['image']!.data).toEqual(
      Float32Array.from(image.data),
    );
  });

  test('refuses what is no number of lesions, size, density or opacity, and a sample without labels', () => {
    const fine = { count: 1, radius: 5 };
    expect(() => simulateLesions({ ...fine, count: 1.5 })).toThrow('count must be whole. Received: 1.5.');
    expect(() => simulateLesions({ ...fine, radius: 0 })).toThrow(/radius must be a number over 0/);
    expect(() => simulateLesions({ ...fine, opacity: 2 })).toThrow(
      'opacity must not be over 1. Received: 2.',
    );
    expect(() => simulateLesions({ ...fine, values: [] })).toThrow(/values must be one range of HU or more/);
    expect(() => simulateLesions({ ...fine, values: [[1, 0]] })).toThrow(/the smaller first/);
    const transform = simulateLesions(fine);
    expect(() => transform.sampleParams(new Rng(0), { image: filled(0) })).toThrow(/label/);
  });
});
