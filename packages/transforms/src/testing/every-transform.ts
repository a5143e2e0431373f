import type { Transform } from '@lungseg/core';
import * as library from '../index.js';

/** A factory of ours with options to test it by. */
export interface TransformCase {
  readonly name: string;
  /** Makes the transform of options, which may be those that a transform carries. */
  readonly make: (options: never) => Transform;
  readonly options: unknown;
}

const caseOf = <O>(make: (options: O) => Transform, options: O): TransformCase => ({
  name: make.name,
  make,
  options,
});

const size = [6, 5, 4] as const;
const displacement = 6;
const turn = { degrees: [20, 10, 170] } as const;

/** Every factory of the package that takes options alone, with others than its defaults, in the form that is noted. */
export const TRANSFORM_CASES: readonly TransformCase[] = [
  caseOf(library.adjustContrast, { factor: [1.2, 1.4], keepRange: false }),
  caseOf(library.adjustGamma, { logGamma: [0.2, 0.4] }),
  caseOf(library.affine, { zoom: [1.1, 0.9, 1.2], shear: [0.1, -0.05, 0.1], border: 'reflect' }),
  caseOf(library.closeLabels, { radius: 2, labels: [1] }),
  caseOf(library.crop, { start: [-1, 1, 0], size, fill: -1024 }),
  caseOf(library.cropToForeground, { key: 'label', above: 1, margin: 1 }),
  caseOf(library.cropToSize, { size: [5, 20, 3] }),
  caseOf(library.cutOut, { count: [1, 3], size: [3, 3, 2], minimumSize: [1, 1, 1], fill: 7 }),
  caseOf(library.elastic, { displacement, controlSpacing: 20, border: 0 }),
  caseOf(library.fillHoles, { connectivity: 6, labels: [1] }),
  caseOf(library.flip, { axes: [0, 2] }),
  caseOf(library.gaussianBlur, { sigma: [1, 2] }),
  caseOf(library.gaussianNoise, { standardDeviation: [10, 20] }),
  caseOf(library.keepLargestComponents, { count: 2, connectivity: 6, minimumFraction: 0.1 }),
  caseOf(library.normalizeIntensity, { key: 'image', above: -900 }),
  caseOf(library.oneHot, { classes: 3, key: 'label' }),
  caseOf(library.orientation, { axcodes: 'PIR' }),
  caseOf(library.padToMultiple, { multiple: [4, 4, 2], fill: -1024 }),
  caseOf(library.padToSize, { size: [10, 10, 10], fill: -1024 }),
  caseOf(library.randomAffine, {
    ...turn,
    zoom: [[0.8, 1.3], [0.9, 1.1], [1, 1.5]], // prettier-ignore
    translation: [3, 3, 3],
    interpolation: 'cubic',
  }),
  caseOf(library.randomCrop, { size, fill: 3 }),
  caseOf(library.randomCropByLabel, { size, foregroundProbability: 0.7, label: 1, fill: 3 }),
  caseOf(library.randomFlip, { probability: [0.5, 0.9, 0.5] }),
  caseOf(library.randomRotate, { ...turn, interpolation: 'nearest' }),
  caseOf(library.randomScaleIntensity, { maxFactor: 0.3 }),
  caseOf(library.randomShiftIntensity, { maxOffset: 50 }),
  caseOf(library.randomZoom, { zoom: [[0.8, 1.2], [0.9, 1.1], [1, 1.5]] }), // prettier-ignore
  caseOf(library.rotate, { degrees: [10, -20, 45], border: -1024 }),
  caseOf(library.scaleIntensity, { factor: 0.3 }),
  caseOf(library.scaleIntensityRange, { from: [-1500, 500], to: [1, -1], clip: false }),
  caseOf(library.sharpen, { sigma: [1, 2], amount: 0.7 }),
  caseOf(library.shiftIntensity, { offset: 50 }),
  caseOf(library.simulateLowDose, { dose: [0.1, 0.2], fullDoseNoiseHu: 20 }),
  caseOf(library.simulateLowResolution, { factor: [2, [1, 3], 1] }),
  caseOf(library.spacing, { spacing: [1.3, 1.1, 2.1], antialias: true }),
  caseOf(library.threshold, { level: -500 }),
  caseOf(library.zoom, { zoom: [1.2, 0.8, 1] }),
];
