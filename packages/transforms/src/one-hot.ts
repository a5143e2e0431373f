import {
  createVolume,
  InvalidArgumentError,
  UnsupportedError,
  type Sample,
  type Volume,
} from '@lungseg/core';
import { argmax } from './argmax.js';
import { volumeOf } from './crop-to-foreground.js';
import type { SampleTransform } from './sample.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** How many classes there are, the background 0 among them. */
  readonly classes: number;
  /** The label map in the sample; `label` by default. */
  readonly key?: string;
}

/**
 * Takes a label map apart: in its place in the sample come one mask for each class, `label_0`, `label_1` and so on, of 1
 * where the label is that class, and 0 elsewhere. It makes several volumes of one, and so acts on samples alone.
 *
 * The inverse, by `invertSample`, puts one label map in the place of the masks: at each voxel the class whose volume is
 * the largest there, the first one of several, so that it serves probabilities of the classes as well.
 *
 * @param options how many classes, and which label map
 * @returns a transform of samples; labels are uint8
 * @throws InvalidArgumentError when `classes` is not a whole number from 1 to 256; by `transformSample`, when the sample
 *   lacks the volume or has the masks already, the volume is no label map, or has a label that is none of the classes
 * @throws UnsupportedError by `apply`, for the label map on its own
 * @see MONAI `AsDiscrete(to_onehot=...)`, and `AsDiscrete(argmax=True)` for the inverse
 * @example
 * const { sample } = transformSample(oneHot({ classes: 3 }), { image, label }, new Rng(0));
 * Object.keys(sample); // image, label_0, label_1, label_2
 */
export function oneHot(options: OneHotOptions): SampleTransform<null> {
  const { classes, key = 'label' } = options;
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= 256)) {
    throw new InvalidArgumentError(`classes must be a whole number from 1 to 256. Received: ${classes}.`);
  }
  const masks = Array.from({ length: classes }, (_, n) => `${key}_${n}`);
  const takeApart = (sample: Sample): Sample => {
    const label = volumeOf(sample, key);
    const taken = masks.find((name) => sample[name] !== undefined);
    if (taken !== undefined) {
      throw new InvalidArgumentError(
        `The sample must not have a volume ${taken} yet. Received: ${Object.keys(sample).join(', ')}. Rename it.`,
      );
    }
    return replaceKeys(sample, [key], namesOf(masks, masksOf(label, classes)));
  };
  const putTogether = (sample: Sample): Sample => {
    const found = masks.flatMap((name) => sample[name] ?? []);
    if (found.length === 0) return sample;
    if (found.length < classes) {
      throw new InvalidArgumentError(
        `The sample must have all of ${masks.join(', ')}, or none. Received: ${Object.keys(sample).join(', ')}.`,
      );
    }
    return replaceKeys(sample, masks, { [key]: argmax(found) });
  };
  return {
    name: 'oneHot',
    options: { classes, key },
    sampleParams: () => null,
    transformSample: (sample) => ({ sample: takeApart(sample), params: null }),
    replaySample: takeApart,
    invertSample: putTogether,
    apply: (volume, _params, name) => {
      if (name === undefined ? volume.kind !== 'label' : name !== key) return volume;
      throw new UnsupportedError(
        'oneHot makes several volumes of one, and must have the whole sample. Received a volume. Use transformSample or replaySample.',
      );
    },
  };
}

/** A mask of each class. */
function masksOf(label: Volume, classes: number): Volume<Uint8Array>[] {
  if (label.kind !== 'label') {
    throw new InvalidArgumentError('oneHot must have a label map. Received intensities.');
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

const namesOf = (names: readonly string[], volumes: readonly Volume[]): Sample =>
  Object.fromEntries(volumes.map((volume, n) => [names[n]!, volume]));

/** The sample with other volumes in the place of the first of some. */
function replaceKeys(sample: Sample, keys: readonly string[], volumes: Sample): Sample {
  const entries = Object.entries(sample);
  const at = entries.findIndex(([key]) => keys.includes(key));
  const others = (from: number, to?: number) =>
    entries.slice(from, to).filter(([key]) => !keys.includes(key));
  return Object.fromEntries([...others(0, at), ...Object.entries(volumes), ...others(at)]);
}
