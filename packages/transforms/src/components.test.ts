import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGeometry, createVolume } from '@lungseg/core';
import type { Vec3, Volume } from '@lungseg/core';
import { fillHoles, keepLargestComponents, threshold, transformVolume, type Connectivity } from './index.js';
import { anyIndex, indexOf } from './testing/arbitraries.js';

const anyLabels = anyIndex(1, 7).chain((size) =>
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 1, 2), {
      minLength: size[0] * size[1] * size[2],
      maxLength: size[0] * size[1] * size[2],
    })
    .map((values) => createVolume(Uint8Array.from(values), createGeometry({ size }), 'label')),
);
const anyConnectivity = fc.constantFrom<Connectivity>(6, 18, 26);

/** Voxels connected to one, by flooding from neighbour to neighbour. */
function flood(
  from: number,
  size: Vec3,
  connectivity: Connectivity,
  isIn: (n: number) => boolean,
): Set<number> {
  const reach = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const found = new Set([from]);
  for (const n of found) {
    const [x, y, z] = indexOf(n, size);
    for (let d = 0; d < 27; d++) {
      const step = [(d % 3) - 1, (Math.floor(d / 3) % 3) - 1, Math.floor(d / 9) - 1] as const;
      const at = [x + step[0], y + step[1], z + step[2]] as const;
      const hops = Math.abs(step[0]) + Math.abs(step[1]) + Math.abs(step[2]);
      if (hops > reach || at.some((v, axis) => v < 0 || v >= size[axis]!)) continue;
      const m = (at[2] * size[1] + at[1]) * size[0] + at[0];
      if (isIn(m)) found.add(m);
    }
  }
  return found;
}

function componentsByFlooding(
  { data, geometry }: Volume,
  connectivity: Connectivity,
  label: number,
): Set<number>[] {
  const components: Set<number>[] = [];
  const seen = new Set<number>();
  data.forEach((value, n) => {
    if (value !== label || seen.has(n)) return;
    const component = flood(n, geometry.size, connectivity, (m) => data[m] === label);
    component.forEach((m) => seen.add(m));
    components.push(component);
  });
  return components.sort((a, b) => b.size - a.size);
}

describe('keepLargestComponents', () => {
  test('keeps the largest of each label, by flooding', () => {
    fc.assert(
      fc.property(
        anyLabels,
        anyConnectivity,
        fc.integer({ min: 1, max: 3 }),
        (volume, connectivity, count) => {
          const expected = new Uint8Array(volume.data.length);
          for (const label of [1, 2]) {
            for (const component of componentsByFlooding(volume, connectivity, label).slice(0, count)) {
              component.forEach((n) => (expected[n] = label));
            }
          }
          const before = volume.data.slice();
          const result = transformVolume(keepLargestComponents({ count, connectivity }), volume);
          expect(result.data).toEqual(expected);
          expect(volume.data).toEqual(before);
        },
      ),
    );
  });

  test('leaves out what is too small beside the largest', () => {
    const line = createVolume(
      Uint8Array.of(1, 1, 1, 1, 0, 1, 0, 1, 1, 0),
      createGeometry({ size: [10, 1, 1] }),
      'label',
    );
    const keep = (minimumFraction: number) =>
      [...transformVolume(keepLargestComponents({ count: 3, minimumFraction }), line).data].join('');
    expect(keep(0)).toBe('1111010110');
    expect(keep(0.5)).toBe('1111000110');
    expect(keep(0.6)).toBe('1111000000');
  });

  test('refuses what makes no sense', () => {
    expect(() => keepLargestComponents({ count: 0 })).toThrow(
      'count must be a positive integer. Received: 0.',
    );
    expect(() => keepLargestComponents({ minimumFraction: 2 })).toThrow('Received: 2.');
  });

  test('drops what holds less than a volume, also the largest', () => {
    const geometry = createGeometry({ size: [9, 1, 1], spacing: [10, 10, 10] });
    const row = createVolume(Uint8Array.of(1, 1, 1, 0, 1, 1, 0, 0, 1), geometry, 'label');
    const keep = (minimumMl: number) =>
      [...transformVolume(keepLargestComponents({ count: 3, minimumMl }), row).data].join('');
    expect([0, 2, 2.5, 4].map(keep)).toEqual(['111011001', '111011000', '111000000', '000000000']);
    expect(() => keepLargestComponents({ minimumMl: -1 })).toThrow('Received: -1.');
  });
});

describe('fillHoles', () => {
  test('fills what has no way to the edge, label by label, by flooding', () => {
    fc.assert(
      fc.property(anyLabels, anyConnectivity, (volume, connectivity) => {
        const { size } = volume.geometry;
        const expected = Uint8Array.from(volume.data);
        for (const label of [1, 2].filter((l) => volume.data.includes(l))) {
          const open = new Set<number>();
          expected.forEach((value, n) => {
            const isAtEdge = indexOf(n, size).some((v, axis) => v === 0 || v === size[axis]! - 1);
            if (!isAtEdge || value === label || open.has(n)) return;
            flood(n, size, connectivity, (m) => expected[m] !== label).forEach((m) => open.add(m));
          });
          expected.forEach((_, n) => {
            if (!open.has(n)) expected[n] = label;
          });
        }
        expect(transformVolume(fillHoles({ connectivity }), volume).data).toEqual(expected);
      }),
    );
  });

  test('fills a hollow shell, but not one that is open at a corner unless corners do not count', () => {
    const shell = new Uint8Array(125).map((_, n) =>
      indexOf(n, [5, 5, 5]).some((v) => v === 0 || v === 4) ? 0 : n === 62 ? 0 : 1,
    );
    const geometry = createGeometry({ size: [5, 5, 5] });
    const volume = createVolume(shell, geometry, 'label');
    expect(transformVolume(fillHoles(), volume).data[62]).toBe(1);
    const opened = createVolume(
      shell.map((v, n) => (n === 31 ? 0 : v)),
      geometry,
      'label',
    );
    expect(transformVolume(fillHoles(), opened).data[62]).toBe(0);
    expect(transformVolume(fillHoles({ connectivity: 6 }), opened).data[62]).toBe(1);
  });
});

describe('threshold', () => {
  test('is 1 from the level on, and makes a label map', () => {
    const image = createVolume(
      Float32Array.of(0.1, 0.5, 0.9, Number.NaN),
      createGeometry({ size: [4, 1, 1] }),
    );
    const result = transformVolume(threshold({ level: 0.5 }), image);
    expect(result.data).toEqual(Uint8Array.of(0, 1, 1, 0));
    expect(result.kind).toBe('label');
    expect(transformVolume(threshold({ level: 0.5 }), result)).toBe(result);
  });
});
