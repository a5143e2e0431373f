import type { Volume } from '@lungseg/core';
import { closeLabels, splitLeftRight, transformVolume } from '@lungseg/transforms';
import type { TrainConfig } from './config.js';

/** The number of voxels about which a label says nothing: nothing is learnt of them. It fits into uint8. */
export const IGNORED_LABEL = 255;

/**
 * Takes back what a reference by a threshold says of lesions: consolidated lung and tumour are as dense as the chest wall
 * and are left out with it, though they are lung. Dense voxels in the notches of each lung, where no ball fits, become
 * {@link IGNORED_LABEL}; vessels of the hilum, which lie there, too, with them.
 *
 * @param image in HU
 * @param label 0 and 1, on the image's grid
 * @param options the ball's radius in mm, and the HU from which on a voxel is dense
 */
export function ignoreLesions(
  image: Volume,
  label: Volume,
  { radius, fromHu }: Pick<TrainConfig['data']['lesionsLeftOut'], 'radius' | 'fromHu'>,
): Volume<Uint8Array> {
  const closed = transformVolume(closeLabels({ radius }), splitLeftRight(label));
  const data = Uint8Array.from(label.data);
  for (let n = 0; n < data.length; n++) {
    if (data[n] === 0 && closed.data[n] !== 0 && image.data[n]! >= fromHu) data[n] = IGNORED_LABEL;
  }
  return { ...label, data };
}
