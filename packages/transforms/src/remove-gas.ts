import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { clearComponents, connectRuns } from './connected-runs.js';
import { checkMaskAndImage } from './mask-field.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link removeGas}. */
export interface RemoveGasOptions {
  /**
   * Voxels below this hold gas alone, in HU; -975 by default: gas is at -1000, or a little beside it, and more than half of a lung
   * is denser even in emphysema.
   */
  readonly gas?: number;
}

/**
 * Takes out of a mask of the lungs the components that are gas and no lung, as in a sinus, the bowel or a pneumothorax: more than half
 * of their voxels hold gas alone. A component hangs together by faces and has one label. A bulla that is a component of its own goes, too.
 *
 * @param mask label map; labels over 0 are lung
 * @param image the CT in HU, on the same grid; voxels of any type
 * @param options what is gas
 * @returns a mask of the same labels; the mask itself where it has no such component
 * @throws InvalidArgumentError when the mask is no label map or the image is one, when their grids differ, or when `gas` is
 *   not a number
 * @example
 * const lungs = removeGas(mask, ct);
 */
export function removeGas<V extends Volume>(mask: V, image: Volume, options: RemoveGasOptions = {}): V {
  const { gas = -975 } = options;
  checkMaskAndImage('removeGas', mask, image);
  if (Number.isNaN(gas)) throw new InvalidArgumentError(`gas must be a number of HU. Received: ${gas}.`);
  const runs = connectRuns(toFastArray(mask.data), mask.geometry.size, 6, 'same-label');
  const { starts, ends, components, sizes, values } = runs;
  const hollow = new Float64Array(sizes.length);
  for (let run = 0; run < starts.length; run++) {
    for (let n = starts[run]!; n < ends[run]!; n++) if (image.data[n]! < gas) hollow[components[run]!]!++;
  }
  const kept = new Set<number>();
  sizes.forEach((size, component) => {
    if (values[component]! <= 0 || hollow[component]! <= size / 2) kept.add(component);
  });
  return clearComponents(mask, runs, kept);
}
