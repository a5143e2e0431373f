import { indexToWorld, InvalidArgumentError, type Rng, type Transform, type Vec3 } from '@lungseg/core';
import { volumeOf } from './crop-to-foreground.js';
import { randomCropByLabel, type RandomCropByLabelOptions } from './random-crop-by-label.js';
import { resampleToGrid } from './resample-to-grid.js';
import { assertDegrees } from './rotate.js';
import { rotateGeometry, zoomGeometry } from './rotate-geometry.js';
import type { GeometryJson } from './spacing.js';

/** Options of {@link randomAffineCrop}. */
export interface RandomAffineCropOptions extends RandomCropByLabelOptions {
  /** The largest angle about i, j, k, in degrees; each is drawn from [-degrees, degrees]. None by default. */
  readonly degrees?: Vec3;
  /** How many times larger the contents become: from, to, drawn for each axis on its own. [1, 1] by default. */
  readonly zoom?: readonly [number, number];
}

/** Parameters of {@link randomAffineCrop}: the grid sampled at, and the grid before. */
export type AffineCropParams = { readonly grid: GeometryJson; readonly from: GeometryJson };

/**
 * Cuts out a box as {@link randomCropByLabel} does, turned and zoomed about its middle, in one resampling: what was blurred
 * once stays sharper than what was blurred by each step, and what the box shows beside its middle is the volume's
 * own, not filled corners. Every landmark keeps its place in the patient; a zoom shows in the spacing. The inverse
 * samples at the voxels of the grid before.
 *
 * @param options the crop's, and the ranges of angles and zoom
 * @throws InvalidArgumentError when the crop's options don't fit, an angle is not finite, or a zoom is not positive
 * @see MONAI `RandAffine` after `RandCropByPosNegLabel`
 * @example
 * randomAffineCrop({ size: [224, 224, 32], foregroundProbability: 0.75, fill: -1024, degrees: [0, 0, 10], zoom: [0.9, 1.1] });
 */
export function randomAffineCrop(options: RandomAffineCropOptions): Transform<AffineCropParams> {
  const { degrees = [0, 0, 0], zoom = [1, 1], key = 'label', fill = 0 } = options;
  assertDegrees(degrees);
  assertZoom(zoom);
  const box = randomCropByLabel(options);
  const resampling = { border: fill };
  const draw = (rng: Rng, low: number, high: number): Vec3 =>
    [0, 1, 2].map(() => rng.uniform(low, high)) as unknown as Vec3;
  return {
    name: 'randomAffineCrop',
    sampleParams: (rng, sample) => {
      const from = volumeOf(sample, key).geometry;
      const { start, size } = box.sampleParams(rng, sample);
      const cut = { ...from, size, origin: indexToWorld(from, start) };
      const [x, y, z] = draw(rng, -1, 1);
      const angles: Vec3 = [x * degrees[0], y * degrees[1], z * degrees[2]];
      const grid = zoomGeometry(rotateGeometry(cut, angles), draw(rng, zoom[0], zoom[1]));
      return { grid: { ...grid }, from: { ...from } };
    },
    apply: (volume, { grid }) => resampleToGrid(volume, grid, resampling),
    invert: (volume, { from }) => resampleToGrid(volume, from, resampling),
  };
}

function assertZoom([low, high]: readonly [number, number]): void {
  if (!(low > 0 && high >= low && Number.isFinite(high))) {
    throw new InvalidArgumentError(
      `zoom must be two positive numbers, the smaller first. Received: ${low}, ${high}.`,
    );
  }
}
