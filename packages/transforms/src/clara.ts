import type { Vec3 } from '@lungseg/core';
import { compose } from './compose.js';
import type { History } from './history.js';
import { randomFlip } from './flip.js';
import { orientation } from './orientation.js';
import { randomCropByLabel } from './random-crop-by-label.js';
import { randomRotate } from './rotate.js';
import type { SampleTransform } from './sample.js';
import { scaleIntensityRange } from './scale-intensity-range.js';
import { randomShiftIntensity } from './shift-intensity.js';
import { spacing } from './spacing.js';
import { spatial } from './spatial.js';

/** Options of {@link claraCovid19LungTraining}. */
export interface ClaraCovid19LungTrainingOptions {
  /** Voxels of the crop along i, j, k; 224 x 224 x 32 by default. */
  readonly size?: Vec3;
  /** How often a crop is laid around a voxel of the lungs; 0.5 by default. */
  readonly foregroundProbability?: number;
  /** How often each axis is flipped; 0.5 by default. */
  readonly flipProbability?: number;
  /** The largest rotation about i, j, k, in degrees; 0, 0, 15 by default. */
  readonly degrees?: Vec3;
  /** The largest shift of all intensities, in shares of the range; 0.1 by default. */
  readonly maxOffset?: number;
}

/** A recipe in its two parts: what is the same each time, and can be cached, and what is drawn anew. */
export interface TrainingRecipe {
  readonly prepare: SampleTransform<History>;
  readonly augment: SampleTransform<History>;
}

const SPACING: Vec3 = [0.8, 0.8, 5];
const HU: readonly [number, number] = [-1500, 500];
/** Air, -1024 HU, in shares of the range. */
const AIR = (-1024 - HU[0]) / (HU[1] - HU[0]);

/**
 * How NVIDIA Clara's COVID-19 CT lung model was trained, by its model card: 0.8 x 0.8 x 5 mm, HU from -1500 to 500 to
 * [0, 1], random crops of 224 x 224 x 32, flips, rotation, intensity shift. The card doesn't say how large rotations and
 * shifts are, nor how crops are laid; those are options. Crop, rotation and flips are one resampling.
 *
 * @param options what the card leaves open
 * @returns `prepare`, the same each time, and `augment`, over samples of `image` in HU and `label`
 * @see https://catalog.ngc.nvidia.com, clara_train_covid19_ct_lung_seg
 * @example
 * const { prepare, augment } = claraCovid19LungTraining();
 * const cached = transformSample(prepare, { image: ct, label: lungs }, new Rng(0)).sample;
 * const { sample } = transformSample(augment, cached, new Rng(42));
 */
export function claraCovid19LungTraining(options: ClaraCovid19LungTrainingOptions = {}): TrainingRecipe {
  const {
    size = [224, 224, 32],
    foregroundProbability = 0.5,
    flipProbability = 0.5,
    degrees = [0, 0, 15],
    maxOffset = 0.1,
  } = options;
  return {
    prepare: claraCovid19LungInference(),
    augment: compose([
      spatial(
        [
          randomCropByLabel({ size, foregroundProbability }),
          randomRotate({ degrees }),
          randomFlip({ probability: flipProbability }),
        ],
        { border: AIR },
      ),
      randomShiftIntensity({ maxOffset }),
    ]),
  };
}

/**
 * What Clara's COVID-19 CT lung model sees: axes to R, A, S, 0.8 x 0.8 x 5 mm, HU from -1500 to 500 to [0, 1]. Its inverse
 * brings masks and probabilities back to the grid of the CT.
 *
 * @returns a composition over samples of CTs in HU, and labels
 * @example
 * const before = claraCovid19LungInference();
 * const { sample, params } = transformSample(before, { image: ct }, new Rng(0));
 * const mask = before.invert!(predict(sample['image']!), params);
 */
export function claraCovid19LungInference(): SampleTransform<History> {
  return compose([
    orientation({ axcodes: 'RAS' }),
    spacing({ spacing: SPACING }),
    scaleIntensityRange({ from: HU }),
  ]);
}
