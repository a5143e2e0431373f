import { InvalidArgumentError, toJson, type Geometry } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { assertAmount, drawAmount, endsOf, type Amount } from './amount.js';
import { splineDisplacement } from './spline-displacement.js';
import { placeByDisplacement } from './row-places.js';
import { resampleRows, settleResampling, type ResampleOptions } from './resample-to-grid.js';
import { firstVolume } from './sample.js';
import type { GeometryJson } from './spacing.js';
import { invertDisplacement, type SpatialTransform } from './spatial-transform.js';

/** Options of {@link elastic}. */
export interface ElasticOptions extends ResampleOptions {
  /** The farthest that a control point moves along each axis, in mm; a range to draw it from, or one number. */
  readonly displacement: Amount;
  /** Distance between control points, in mm; 48 by default. */
  readonly controlSpacing?: number;
}

/** Parameters of {@link elastic}; the seed makes replaying exact. */
export type ElasticParams = {
  readonly displacement: number;
  readonly seed: number;
  readonly from: GeometryJson;
};

/** More than this share of the distance between control points could fold space: Choi and Lee 2000. */
const MOST_SHARE = 0.4;

/**
 * Moves contents smoothly, by a cubic B-spline over control points that are moved at random. The grid stays; a
 * landmark moves in the patient, image and label alike. The inverse undoes the displacement on the grid before.
 *
 * @param options how much, interpolation and border
 * @throws InvalidArgumentError when the displacement is negative, or so large beside `controlSpacing` that space could fold
 * @see Rueckert et al. 1999, https://doi.org/10.1109/42.796284; Choi and Lee 2000, for the bound; TorchIO
 *   `RandomElasticDeformation`
 * @example
 * elastic({ displacement: [0, 12], controlSpacing: 48, border: -1024 });
 */
export function elastic(options: ElasticOptions): SpatialTransform<ElasticParams> {
  options = copyOf(options);
  const { displacement, controlSpacing = 48 } = options;
  assertAmount('displacement', displacement);
  const most = endsOf(displacement)[1];
  if (!(controlSpacing > 0 && most <= MOST_SHARE * controlSpacing)) {
    throw new InvalidArgumentError(
      `displacement must be at most ${MOST_SHARE} of controlSpacing, or space folds. Received: ${most} of ${controlSpacing}.`,
    );
  }
  const displace = (grid: Geometry, { displacement: farthest, seed }: ElasticParams) =>
    splineDisplacement(grid, { controlSpacing, farthest, seed });
  return {
    name: 'elastic',
    options: toJson({ displacement, controlSpacing, ...settleResampling(options) }),
    sampleParams: (rng, sample) => ({
      displacement: drawAmount(rng, displacement),
      seed: rng.uint32(),
      from: { ...firstVolume(sample).geometry },
    }),
    apply: (volume, params) => {
      const placeRow = placeByDisplacement(params.from, volume.geometry, displace(params.from, params));
      return resampleRows(volume, params.from, placeRow, options);
    },
    invert: (volume, params) => {
      const back = invertDisplacement(displace(params.from, params));
      return resampleRows(
        volume,
        params.from,
        placeByDisplacement(params.from, volume.geometry, back),
        options,
      );
    },
    outputGrid: (grid) => grid,
    displacement: displace,
  };
}
