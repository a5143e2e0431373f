import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { connectRuns } from './connected-runs.js';
import { checkMaskAndImage } from './mask-field.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link removeGas}. */
export interface RemoveGasOptions {
  /**
   * Voxels below this hold gas alone, in HU; -975 by default. Halves of lungs are denser even in emphysema, and gas is at -1000,
   * by scanners that are a little off and through a filter's blur as well.
   */
  readonly gas?: number;
}

/**
 * Takes out of a mask of the lungs the components that are gas and no lung, as that of a sinus, the bowel or a pneumothorax: those
 * of whose voxels more than half hold nothing else. Components hang together by faces and have one label.
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
  const { starts, ends, components, sizes } = connectRuns(
    toFastArray(mask.data),
    mask.geometry.size,
    6,
    'same-label',
  );
  const hollow = new Float64Array(sizes.length);
  for (let run = 0; run < starts.length; run++) {
    for (let n = starts[run]!; n < ends[run]!; n++) if (image.data[n]! < gas) hollow[components[run]!]!++;
  }
  if (!hollow.some((count, component) => count > sizes[component]! / 2)) return mask;
  const data = mask.data.slice();
  for (let run = 0; run < starts.length; run++) {
    const component = components[run]!;
    if (hollow[component]! > sizes[component]! / 2) data.fill(0, starts[run], ends[run]);
  }
  return { ...mask, data };
}
