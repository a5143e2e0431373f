import type { Vec3 } from '@lungseg/core';
import { affine, randomAffineBy, type AffineParams, type ZoomRange } from './affine.js';
import type { ResampleOptions } from './resample-to-grid.js';
import type { SpatialTransform } from './spatial-transform.js';

/** Options of {@link zoom}. */
export interface ZoomOptions extends ResampleOptions {
  /** How many times larger contents become along i, j, k. */
  readonly zoom: Vec3;
}

/** Options of {@link randomZoom}. */
export interface RandomZoomOptions extends ResampleOptions {
  /** From and to, for all axes or along i, j, k; each axis is drawn on its own. */
  readonly zoom: ZoomRange;
}

/**
 * Enlarges the contents of a volume about its middle, along each axis as told, on a grid of the same size. A zoom shows
 * in the spacing, so that every landmark keeps its place in the patient. The inverse samples at the voxels of the grid
 * before.
 *
 * @param options how much, interpolation and border
 * @throws InvalidArgumentError when a zoom is not positive
 * @see MONAI `Zoom`
 */
export function zoom(options: ZoomOptions): SpatialTransform<AffineParams> {
  return { ...affine(options), name: 'zoom' };
}

/**
 * {@link zoom} by amounts drawn at random, along each axis on its own: anatomy that is taller, wider or deeper.
 *
 * @param options ranges, interpolation and border
 * @throws InvalidArgumentError when a zoom is not positive or its range upside down
 * @see MONAI `RandZoom`; TorchIO `RandomAnisotropy`, which lowers the resolution instead: see `simulateLowResolution`
 * @example
 * randomZoom({ zoom: [0.85, 1.2], border: -1024 });
 */
export function randomZoom(options: RandomZoomOptions): SpatialTransform<AffineParams> {
  return randomAffineBy('randomZoom', options);
}
