import { InvalidArgumentError, type Vec3 } from '@lungseg/core';

/** How overlapping windows are blended: all voxels alike, or those in the middle of a window more. */
export const BLEND_MODES = ['constant', 'gaussian'] as const;

/** One of {@link BLEND_MODES}. */
export type BlendMode = (typeof BLEND_MODES)[number];

/** Weights below this are raised to it, as in MONAI, so that no voxel is divided by almost nothing. */
const SMALLEST_WEIGHT = 1e-3;

/**
 * The weight of each voxel of a window when windows are blended.
 *
 * @param size of the window, x, y, z
 * @param mode `constant`: ones; `gaussian`: a Gaussian around the middle
 * @param sigmaScale its standard deviation as a share of the window's size; 0.125 by default
 * @returns weights, x fastest
 * @throws InvalidArgumentError for an unknown mode
 * @see MONAI's compute_importance_map
 */
export function importanceMap(size: Vec3, mode: BlendMode, sigmaScale = 0.125): Float32Array {
  if (!BLEND_MODES.includes(mode)) {
    throw new InvalidArgumentError(
      `mode must be one of ${BLEND_MODES.join(', ')}. Received: ${mode as string}.`,
    );
  }
  const [nx, ny, nz] = size;
  const weights = new Float32Array(nx * ny * nz).fill(1);
  if (mode === 'constant') return weights;
  const [gx, gy, gz] = size.map((n) => gaussian(n, sigmaScale * n)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const smallest = Math.max(SMALLEST_WEIGHT, gx[0]! * gy[0]! * gz[0]!);
  let i = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = gy[y]! * gz[z]!;
      for (let x = 0; x < nx; x++) weights[i++] = Math.max(smallest, gx[x]! * row);
    }
  }
  return weights;
}

function gaussian(length: number, sigma: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.exp((i - (length - 1) / 2) ** 2 / (-2 * sigma ** 2)));
}
