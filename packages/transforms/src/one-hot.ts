import { createVolume, InvalidArgumentError, type Volume } from '@lungseg/core';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** How many classes there are, the background 0 among them. */
  readonly classes: number;
}

/**
 * Takes a label map apart, into one mask for each class. It makes several volumes of one and so is a plain function, not
 * a transform.
 *
 * @param label a label map
 * @param options how many classes
 * @returns a label map of 0 and 1 for each class, in order
 * @throws InvalidArgumentError when the volume is no label map, or has a label that is none of the classes
 * @see MONAI `AsDiscrete(to_onehot=...)`
 * @example
 * const [background, right, left] = oneHot(lungs, { classes: 3 });
 */
export function oneHot(label: Volume, options: OneHotOptions): Volume<Uint8Array>[] {
  const { classes } = options;
  if (label.kind !== 'label') {
    throw new InvalidArgumentError('oneHot must have a label map. Received intensities.');
  }
  if (!Number.isInteger(classes) || classes < 1) {
    throw new InvalidArgumentError(`classes must be a positive integer. Received: ${classes}.`);
  }
  const values = toFastArray(label.data);
  const masks = Array.from({ length: classes }, () => new Uint8Array(values.length));
  for (let n = 0; n < values.length; n++) {
    const mask = masks[values[n]!];
    if (mask === undefined) {
      throw new InvalidArgumentError(
        `Labels must be whole numbers from 0 to ${classes - 1}. Received: ${values[n]!}.`,
      );
    }
    mask[n] = 1;
  }
  return masks.map((mask) => createVolume(mask, label.geometry, 'label'));
}
