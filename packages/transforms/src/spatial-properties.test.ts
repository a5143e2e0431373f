import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createGeometry,
  createVolume,
  indexToWorld,
  Rng,
  sameGrid,
  worldToIndex,
  type Geometry,
  type Json,
  type Vec3,
} from '@lungseg/core';
import {
  affine,
  crop,
  cropToForeground,
  cropToSize,
  elastic,
  flip,
  oneOf,
  orientation,
  padToMultiple,
  padToSize,
  randomAffine,
  randomCrop,
  randomCropByLabel,
  randomFlip,
  randomRotate,
  randomZoom,
  replaySample,
  rotate,
  spacing,
  spatial,
  withProbability,
  zoom,
  type MutablePlace,
  type SpatialTransform,
} from './index.js';
import { anyGeometry, anyIndex } from './testing/arbitraries.js';
import { forEachPlace, ramps } from './testing/ramps.js';

const size: Vec3 = [6, 5, 4];
const move = { displacement: 6, controlSpacing: 20 };
const turn = { degrees: [20, 10, 170] as Vec3 };
const transforms: readonly SpatialTransform[] = [
  affine({ degrees: [5, -8, 30], zoom: [1.1, 0.9, 1.2], shear: [0.1, -0.05, 0.1], translation: [1, -2, 3] }),
  crop({ start: [-1, 1, 0], size }),
  cropToForeground({ key: 'label', margin: 1 }),
  cropToSize({ size: [5, 20, 3] }),
  elastic(move),
  flip({ axes: [0, 2] }),
  orientation({ axcodes: 'PIR' }),
  padToMultiple({ multiple: 4 }),
  padToSize({ size: [10, 10, 10] }),
  randomAffine({ ...turn, zoom: [0.8, 1.3], shear: [0.1, 0.1, 0.1], translation: [3, 3, 3] }),
  randomCrop({ size }),
  randomCropByLabel({ size, foregroundProbability: 0.7 }),
  randomFlip({ probability: 0.5 }),
  randomRotate(turn),
  randomZoom({ zoom: [[0.8, 1.2], [0.9, 1.1], [1, 1.5]] }), // prettier-ignore
  rotate({ degrees: [10, -20, 45] }),
  spacing({ spacing: [1.3, 1.1, 2.1] }),
  zoom({ zoom: [1.2, 0.8, 1] }),
  withProbability(0.5, randomRotate(turn)),
  oneOf([flip({ axes: [1] }), rotate({ degrees: [0, 0, 33] })]),
  spatial([
    randomCropByLabel({ size, foregroundProbability: 1 }),
    randomRotate(turn),
    randomFlip({ probability: 0.5 }),
  ]),
  spatial([
    orientation({ axcodes: 'RAS' }),
    elastic(move),
    randomAffine(turn),
    elastic(move),
    spacing({ spacing: [1, 1, 2] }),
  ]),
];

/** Large enough to have something inside. */
const grids = fc
  .tuple(anyGeometry, anyIndex(6, 12))
  .map(([geometry, larger]): Geometry => createGeometry({ ...geometry, size: larger }));

/** Whether a place lies inside a grid, so many mm from its edge. */
const isInside = (grid: Geometry, place: Vec3, marginMm = 0): boolean =>
  worldToIndex(grid, place).every((v, axis) => {
    const margin = marginMm / grid.spacing[axis]!;
    return v >= margin && v <= grid.size[axis]! - 1 - margin;
  });

/** The voxels of a grid around a place, between which it is interpolated; a place far outside where there are none. */
function cornersAround(grid: Geometry, place: Vec3): Vec3[] {
  const low = worldToIndex(grid, place).map((v) => Math.floor(v + 1e-9));
  return [0, 1, 2, 3, 4, 5, 6, 7].map((corner) => {
    const index = low.map((v, axis) => v + ((corner >> axis) & 1)) as unknown as Vec3;
    const isThere = index.every((v, axis) => v >= 0 && v < grid.size[axis]!);
    return isThere ? indexToWorld(grid, index) : [1e9, 1e9, 1e9];
  });
}

/** How far apart two places are, in voxels of a grid. */
function voxelsApart(grid: Geometry, a: Vec3, b: Vec3): number {
  const [p, q] = [worldToIndex(grid, a), worldToIndex(grid, b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

const labelOf = (geometry: Geometry, isOn: (n: number) => boolean) =>
  createVolume(
    new Uint8Array(geometry.size[0] * geometry.size[1] * geometry.size[2]).map((_, n) => (isOn(n) ? 3 : 1)),
    geometry,
    'label',
  );

const once = { numRuns: 8, endOnFailure: true };

describe.each(transforms.map((transform) => [transform.name, transform] as const))(
  '%s',
  (_name, transform) => {
    /** Draws parameters, sent through JSON, and says where a place of the result comes from. */
    const draw = (geometry: Geometry, seed: number) => {
      const label = labelOf(geometry, (n) => n % 5 === 0);
      const drawn = transform.sampleParams(new Rng(seed), { label });
      const params = JSON.parse(JSON.stringify(drawn)) as Json;
      const moved = transform.displacement?.(geometry, params);
      const sourceOf = (place: Vec3): Vec3 => {
        const source: MutablePlace = [...place];
        moved?.move(source);
        return source;
      };
      return { label, params, sourceOf, isMoved: moved !== undefined };
    };

    test('shows each landmark where it lies in the patient, within 0.01 voxel', () => {
      fc.assert(
        fc.property(grids, fc.integer(), (geometry, seed) => {
          const { params, sourceOf } = draw(geometry, seed);
          const results = ramps(geometry).map((volume) => transform.apply(volume, params));
          let worst = 0;
          forEachPlace(results, (place, shown) => {
            const source = sourceOf(place);
            if (isInside(geometry, source)) worst = Math.max(worst, voxelsApart(geometry, source, shown));
          });
          expect(worst).toBeLessThan(0.01);
          expect(results[0]!.geometry.size).toEqual(transform.outputGrid(geometry, params).size);
        }),
        once,
      );
    });

    test('keeps labels labels in their type, and the left on the left', () => {
      fc.assert(
        fc.property(grids, fc.integer(), (geometry, seed) => {
          const { params, sourceOf } = draw(geometry, seed);
          const xs = [...ramps(geometry)[0]!.data];
          const middle = xs.reduce((sum, value) => sum + value, 0) / xs.length;
          const left = labelOf(geometry, (n) => xs[n]! > middle);
          const result = transform.apply(left, params);
          // The nearest voxel may lie across the middle by as much as half a voxel in each direction.
          const reach = Math.hypot(...geometry.spacing) / 2 + 1e-6;
          const wrong: unknown[] = [];
          forEachPlace([result, result, result], (place, [value]) => {
            const source = sourceOf(place);
            const isSure = isInside(geometry, source) && Math.abs(source[0] - middle) > reach;
            const allowed = isSure ? [source[0] > middle ? 3 : 1] : [0, 1, 3];
            if (!allowed.includes(value)) wrong.push({ place, value });
          });
          expect(wrong).toEqual([]);
          expect(result.data).toBeInstanceOf(Uint8Array);
          expect(result.kind).toBe('label');
        }),
        once,
      );
    });

    test('comes back by its inverse to the grid before, and to the voxels that stayed in view', () => {
      fc.assert(
        fc.property(grids, fc.integer(), (geometry, seed) => {
          const { params, isMoved } = draw(geometry, seed);
          const between = ramps(geometry).map((volume) => transform.apply(volume, params));
          const after = between.map((volume) => transform.invert!(volume, params));
          let worst = 0;
          forEachPlace(after, (place, shown) => {
            // What was moved is looked for well inside: it may have come from beyond the edge.
            const inView = isMoved
              ? isInside(between[0]!.geometry, place, 14) && isInside(geometry, place, 14)
              : cornersAround(between[0]!.geometry, place).every((corner) => isInside(geometry, corner));
            if (!inView) return;
            // A bent line between voxels is as far from straight as the longest side of a voxel lets it be.
            const apart = isMoved
              ? Math.hypot(...place.map((v, axis) => v - shown[axis]!)) / Math.max(...geometry.spacing)
              : voxelsApart(geometry, place, shown);
            worst = Math.max(worst, apart);
          });
          expect(worst).toBeLessThan(isMoved ? 0.1 : 0.01);
          expect(sameGrid(after[0]!.geometry, geometry, 1e-6)).toBe(true);
        }),
        once,
      );
    });

    test('changes no input, and gives the same for the same parameters', () => {
      fc.assert(
        fc.property(grids, fc.integer(), (geometry, seed) => {
          const { label, params } = draw(geometry, seed);
          const copy = label.data.slice();
          const first = replaySample(transform, { label }, params);
          expect(replaySample(transform, { label }, params)).toEqual(first);
          expect(label.data).toEqual(copy);
          expect(draw(geometry, seed).params).toEqual(params);
        }),
        { ...once, numRuns: 3 },
      );
    });
  },
);
