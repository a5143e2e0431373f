import { InvalidArgumentError, toJson, type Rng, type Vec3 } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { affineGeometry, IDENTITY_PARTS, type AffineParts } from './affine-geometry.js';
import { resampleToGrid, settleResampling, type ResampleOptions } from './resample-to-grid.js';
import { assertDegrees } from './rotate.js';
import { firstVolume } from './sample.js';
import type { GeometryJson } from './spacing.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link affine}: what is left out isn't done. */
export interface AffineOptions extends ResampleOptions, Partial<AffineParts> {}

/** Options of {@link randomAffine}: what is left out isn't done. */
export interface RandomAffineOptions extends ResampleOptions {
  /** The largest angle about i, j, k, in degrees; each is drawn from [-degrees, degrees]. */
  readonly degrees?: Vec3;
  /** How many times larger contents become, from and to, for all axes or along i, j, k; each axis is drawn on its own. */
  readonly zoom?: ZoomRange;
  /** The largest slide of i with j, i with k and j with k, per mm; each is drawn from [-shear, shear]. */
  readonly shear?: Vec3;
  /** The farthest move along i, j, k, in mm; each is drawn from [-translation, translation]. */
  readonly translation?: Vec3;
}

/** A range of zooms, for all axes or along i, j, k. */
export type ZoomRange =
  | readonly [number, number]
  | readonly [readonly [number, number], readonly [number, number], readonly [number, number]];

/** Parameters of {@link affine} and {@link randomAffine}: what was done, and the grid before. */
export type AffineParams = AffineParts & { readonly from: GeometryJson };

/**
 * Zooms, shears, turns and moves the contents of a volume about its middle, in one resampling, on a grid of the same
 * size. The grid is put through the inverse, so that every landmark keeps its place in the patient: a zoom shows in the
 * spacing, a shear in axes that are not at right angles any more. Such a volume can't be written to a file before it is
 * resampled onto an orthogonal grid, by the inverse or by `resampleToGrid`. The inverse samples at the voxels of the grid before; what was moved out of view is lost.
 *
 * @param options what to do, interpolation and border
 * @throws InvalidArgumentError when an amount is not finite or a zoom is not positive
 * @see MONAI `Affine`
 * @example
 * affine({ degrees: [0, 0, 10], zoom: [1.1, 1.1, 1], border: -1024 });
 */
export function affine(options: AffineOptions): SpatialTransform<AffineParams> {
  options = copyOf(options);
  const { degrees, zoom, shear, translation } = { ...IDENTITY_PARTS, ...options };
  const parts: AffineParts = { degrees, zoom, shear, translation };
  assertParts(parts);
  return affineBy('affine', parts, options, () => parts);
}

/**
 * {@link affine} by amounts drawn at random.
 *
 * @param options ranges, interpolation and border
 * @throws InvalidArgumentError when an amount is not finite, or a zoom is not positive or its range upside down
 * @see MONAI `RandAffine`
 * @example
 * randomAffine({ degrees: [5, 5, 15], zoom: [0.9, 1.1], shear: [0.05, 0, 0], border: -1024 });
 */
export function randomAffine(options: RandomAffineOptions): SpatialTransform<AffineParams> {
  return randomAffineBy('randomAffine', options);
}

/** {@link randomAffine} under another name. */
export function randomAffineBy(name: string, options: RandomAffineOptions): SpatialTransform<AffineParams> {
  options = copyOf(options);
  const {
    degrees,
    shear,
    translation,
    zoom: range,
  } = { ...IDENTITY_PARTS, zoom: [1, 1] as const, ...options };
  const zoom = zoomRanges(range);
  assertParts({ degrees, shear, translation, zoom: [1, 1, 1] });
  const around = (rng: Rng, most: Vec3): Vec3 => map3((axis) => most[axis]! * rng.uniform(-1, 1));
  return affineBy(name, { degrees, zoom, shear, translation }, options, (rng) => ({
    degrees: around(rng, degrees),
    zoom: map3((axis) => rng.uniform(...zoom[axis]!)),
    shear: around(rng, shear),
    translation: around(rng, translation),
  }));
}

function affineBy(
  name: string,
  amounts: object,
  options: ResampleOptions,
  draw: (rng: Rng) => AffineParts,
): SpatialTransform<AffineParams> {
  return {
    name,
    options: toJson({ ...amounts, ...settleResampling(options) }),
    sampleParams: (rng, sample) => ({ ...draw(rng), from: { ...firstVolume(sample).geometry } }),
    apply: (volume, params) => resampleToGrid(volume, affineGeometry(params.from, params), options),
    invert: (volume, { from }) => resampleToGrid(volume, from, options),
    outputGrid: affineGeometry,
  };
}

/** Ranges along i, j, k. */
function zoomRanges(zoom: ZoomRange): readonly (readonly [number, number])[] {
  const isOne = (range: ZoomRange): range is readonly [number, number] => typeof range[0] === 'number';
  const ranges = isOne(zoom) ? [zoom, zoom, zoom] : zoom;
  for (const [low, high] of ranges) {
    if (!(low > 0 && high >= low && Number.isFinite(high))) {
      throw new InvalidArgumentError(
        `zoom must be two positive numbers, the smaller first. Received: ${low}, ${high}.`,
      );
    }
  }
  return ranges;
}

function assertParts({ degrees, zoom, shear, translation }: AffineParts): void {
  assertDegrees(degrees);
  for (const [name, value] of Object.entries({ zoom, shear, translation })) {
    if (value.length !== 3 || !value.every((n) => Number.isFinite(n) && (name !== 'zoom' || n > 0))) {
      const kind = name === 'zoom' ? 'positive' : 'finite';
      throw new InvalidArgumentError(`${name} must be three ${kind} numbers. Received: ${String(value)}.`);
    }
  }
}

const map3 = (value: (axis: number) => number): Vec3 => [value(0), value(1), value(2)];
