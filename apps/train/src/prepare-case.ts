import type { Rng, Sample, Volume } from '@lungseg/core';
import { cropToForeground, orientation, spacing, transformSample } from '@lungseg/transforms';
import type { TrainConfig } from './config.js';

/** A case on the network's grid, as it stays in memory, shared by all threads: HU as int16, label numbers as uint8. */
export interface PreparedCase {
  readonly name: string;
  readonly sample: Sample & { readonly image: Volume; readonly label: Volume };
}

/** HU over which a voxel counts as part of the body or the table, for cropping away the air around. */
const BODY_HU = -500;
/** Voxels of air kept around the body, so that crops see some. */
const MARGIN = 24;

/**
 * Brings a case to the network's orientation and spacing, and crops away most of the air around the body.
 *
 * @param name for messages
 * @param image in HU
 * @param label 0 and 1, on the image's grid
 */
export function prepareCase(
  name: string,
  image: Volume,
  label: Volume,
  config: TrainConfig['preprocessing'],
  rng: Rng,
): PreparedCase {
  let sample: Sample = { image, label };
  const steps = [
    orientation({ axcodes: config.orientation }),
    spacing({ spacing: config.spacing }),
    cropToForeground({ key: 'image', above: BODY_HU, margin: MARGIN, fill: -1024 }),
  ];
  for (const step of steps) sample = transformSample<never>(step as never, sample, rng).sample;
  return { name, sample: toShared(sample as PreparedCase['sample']) };
}

/** The same voxels where all threads see them: HU as int16, those beyond it as its ends; label numbers as uint8. */
export function toShared({ image, label }: PreparedCase['sample']): PreparedCase['sample'] {
  const hu = new Int16Array(new SharedArrayBuffer(2 * image.data.length));
  for (let i = 0; i < hu.length; i++) hu[i] = Math.max(-32_768, Math.min(32_767, Math.round(image.data[i]!)));
  return { image: { ...image, data: hu }, label: toSharedLabel(label) };
}

/** Label numbers, as uint8, where all threads see them. */
export function toSharedLabel(label: Volume): Volume {
  const data = new Uint8Array(new SharedArrayBuffer(label.data.length));
  data.set(label.data);
  return { ...label, data };
}
