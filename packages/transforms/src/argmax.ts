import { createVolume, InvalidArgumentError, sameGrid, ShapeError, type Volume } from '@lungseg/core';
import { toFastArray } from './voxel-arrays.js';

/** How far apart, in mm, the corners of the volumes' grids may lie. */
const TOLERANCE_MM = 0.1;

/**
 * The class that is the most probable at each voxel: the number of the volume that is the largest there, the first one
 * of several.
 *
 * @param volumes a volume for each class, in order, of probabilities, logits or masks, on one grid
 * @returns labels from 0 to the number of volumes less 1
 * @throws InvalidArgumentError when there is no volume, or more than 256
 * @throws ShapeError when they lie on different grids
 * @see MONAI `AsDiscrete(argmax=True)`
 * @example
 * const lungs = argmax([background, right, left]); // 1 right, 2 left
 */
export function argmax(volumes: readonly Volume[]): Volume<Uint8Array> {
  const [first] = volumes;
  if (first === undefined || volumes.length > 256) {
    throw new InvalidArgumentError(
      `argmax must have from 1 to 256 volumes, one for each class. Received: ${volumes.length}.`,
    );
  }
  const other = volumes.findIndex(({ geometry }) => !sameGrid(geometry, first.geometry, TOLERANCE_MM));
  if (other >= 0) {
    throw new ShapeError(
      `argmax must have volumes on one grid, of ${first.geometry.size.join(' x ')}. Received another as number ${other}, of ${volumes[other]!.geometry.size.join(' x ')}. Resample them to one grid first.`,
    );
  }
  const largest = new Float32Array(toFastArray(first.data));
  const labels = new Uint8Array(largest.length);
  for (let label = 1; label < volumes.length; label++) {
    const values = toFastArray(volumes[label]!.data);
    for (let n = 0; n < labels.length; n++) {
      if (values[n]! > largest[n]!) {
        largest[n] = values[n]!;
        labels[n] = label;
      }
    }
  }
  return createVolume(labels, first.geometry, 'label');
}
