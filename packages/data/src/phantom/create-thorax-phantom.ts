import { Rng } from '@lungseg/core';
import { renderPhantom, type Phantom } from './render-phantom.js';
import type { PhantomOptions } from './sample-grid.js';
import { samplePhantomParams } from './sample-phantom-params.js';

/**
 * Makes a thorax phantom: draws its parameters and renders it.
 *
 * @param options the seed or generator, and what of the grid is fixed
 * @example
 * const { image, label } = createThoraxPhantom({ seed: 7, spacing: [0.8, 0.8, 5], size: [420, 320, 70] });
 */
export function createThoraxPhantom(options: PhantomOptions & { readonly seed: number | Rng }): Phantom {
  const { seed, ...rest } = options;
  return renderPhantom(samplePhantomParams(typeof seed === 'number' ? new Rng(seed) : seed, rest));
}
