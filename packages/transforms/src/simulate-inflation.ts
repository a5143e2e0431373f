import { toJson, type Transform } from '@lungseg/core';
import { assertAmountOver, drawAmount, type Amount } from './amount.js';
import { copyOf } from './copy-of.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link simulateInflation}. */
export interface SimulateInflationOptions {
  /**
   * How dense what is hardly more than gas becomes, as a multiple, which weakens towards tissue: under 1 for a deep breath or
   * emphysema, over 1 for a shallow one; over 0 and up to 2. A range to draw it from, or one number.
   */
  readonly density: Amount;
}

/** Parameters of {@link simulateInflation}. */
export type SimulateInflationParams = { readonly density: number };

/** HU of gas, which has no density to change. */
const GAS = -1000;
/** HU over gas from which on there is no change: tissue without air, and what it shares voxels with. */
const TISSUE = 600;
/** Beyond it, denser voxels would not stay denser. */
const MOST = 2;

/**
 * Makes the lungs of a CT in HU as dense as another breath or another patient's would be: `o` HU over gas, which has
 * -1000, become `o + (density - 1) · o · (1 - o / 600)` up to -400 HU. Gas and tissue stay as they are, and so do labels;
 * the order of densities, too. There is no inverse.
 *
 * @param options how dense
 * @throws InvalidArgumentError when the density is not over 0 and up to 2
 * @example
 * simulateInflation({ density: [0.3, 1.5] }); // lung at -850 HU comes to lie between -929 and -794
 */
export function simulateInflation(options: SimulateInflationOptions): Transform<SimulateInflationParams> {
  options = copyOf(options);
  const { density } = options;
  assertAmountOver('density', density, 0, MOST);
  return {
    name: 'simulateInflation',
    options: toJson({ density }),
    sampleParams: (rng) => ({ density: drawAmount(rng, density) }),
    apply: (volume, { density: factor }) => {
      if (volume.kind === 'label') return volume;
      const data = Float32Array.from(toFastArray(volume.data), (hu) => {
        const over = hu - GAS;
        return over > 0 && over < TISSUE ? hu + (factor - 1) * over * (1 - over / TISSUE) : hu;
      });
      return { ...volume, data };
    },
  };
}
