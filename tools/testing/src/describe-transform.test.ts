import { describe, expect, test } from '@jest/globals';
import type { Transform, Volume } from '@lungseg/core';
import * as library from '@lungseg/transforms';
import { describeTransform, transformChecks, type TransformUnderTest } from './describe-transform.js';

/** A factory of ours with options to test it by. */
interface Case {
  readonly name: string;
  readonly options: object;
  readonly subject: TransformUnderTest;
}

type Changes = TransformUnderTest['changes'];

const caseOf = <const O extends object>(
  make: (options: O) => Transform,
  options: O,
  changes: Changes,
  hasInverse: boolean,
): Case => ({
  name: make.name,
  options,
  subject: { transform: make(options), make, changes, hasInverse },
});

const size = [6, 5, 4] as const;
const turn = { degrees: [20, 10, 170] } as const;

/** Every factory of the package that takes options alone, with others than its defaults, in the form that is noted. */
const CASES: readonly Case[] = [
  caseOf(library.adjustContrast, { factor: [1.2, 1.4], keepRange: true }, 'values', false),
  caseOf(library.adjustContrast, { factor: [1.2, 1.4], keepRange: false }, 'values', true),
  caseOf(library.adjustGamma, { logGamma: [0.2, 0.4] }, 'values', true),
  caseOf(library.affine, { zoom: [1.1, 0.9, 1.2], shear: [0.1, -0.05, 0.1], border: 'reflect' }, 'places', true), // prettier-ignore
  caseOf(library.closeLabels, { radius: 2, labels: [1] }, 'labels', false),
  caseOf(library.crop, { start: [-1, 1, 0], size, fill: -1024 }, 'places', true),
  caseOf(library.cropToForeground, { key: 'label', above: 1, margin: 1 }, 'places', true),
  caseOf(library.cropToSize, { size: [5, 20, 7] }, 'places', true),
  caseOf(library.cutOut, { count: [1, 3], size: [3, 3, 2], minimumSize: [1, 1, 1], fill: 7 }, 'values', false), // prettier-ignore
  caseOf(library.elastic, { displacement: 5, controlSpacing: 20, border: 0 }, 'places', true),
  caseOf(library.fillHoles, { connectivity: 6, labels: [1] }, 'labels', false),
  caseOf(library.flip, { axes: [0, 2] }, 'places', true),
  caseOf(library.gaussianBlur, { sigma: [1, 2] }, 'values', false),
  caseOf(library.gaussianNoise, { standardDeviation: [10, 20] }, 'values', false),
  caseOf(library.keepLargestComponents, { count: 2, connectivity: 6, minimumFraction: 0.1 }, 'labels', false),
  caseOf(library.normalizeIntensity, { key: 'image', above: -900 }, 'values', true),
  caseOf(library.oneHot, { classes: 3, key: 'label' }, 'labels', true),
  caseOf(library.orientation, { axcodes: 'PIR' }, 'places', true),
  caseOf(library.padToMultiple, { multiple: [4, 4, 2], fill: -1024 }, 'places', true),
  caseOf(library.padToSize, { size: [10, 10, 10], fill: -1024 }, 'places', true),
  caseOf(library.randomAffine, { ...turn, zoom: [[0.8, 1.3], [0.9, 1.1], [1, 1.5]], translation: [3, 3, 3] }, 'places', true), // prettier-ignore
  caseOf(library.randomCrop, { size, fill: 3 }, 'places', true),
  caseOf(library.randomCropByLabel, { size, foregroundProbability: 0.7, label: 1, fill: 3 }, 'places', true),
  caseOf(library.randomFlip, { probability: [0.5, 0.9, 0.5] }, 'places', true),
  caseOf(library.randomRotate, { ...turn, border: -1024 }, 'places', true),
  caseOf(library.randomScaleIntensity, { maxFactor: 0.3 }, 'values', true),
  caseOf(library.randomShiftIntensity, { maxOffset: 50 }, 'values', true),
  caseOf(library.randomZoom, { zoom: [[0.8, 1.2], [0.9, 1.1], [1, 1.5]] }, 'places', true), // prettier-ignore
  caseOf(library.rotate, { degrees: [10, -20, 45], border: -1024 }, 'places', true),
  caseOf(library.scaleIntensity, { factor: 0.3 }, 'values', true),
  caseOf(library.scaleIntensityRange, { from: [-1500, 500], to: [1, -1], clip: true }, 'values', false),
  caseOf(library.scaleIntensityRange, { from: [-1500, 500], to: [1, -1], clip: false }, 'values', true),
  caseOf(library.sharpen, { sigma: [1, 2], amount: 0.7 }, 'values', false),
  caseOf(library.shiftIntensity, { offset: 50 }, 'values', true),
  caseOf(library.simulateFieldOfView, { share: [0.5, [0.3, 1], 1], fill: -1024 }, 'both', false),
  caseOf(library.simulateInflation, { density: [0.3, 0.6] }, 'values', false),
  caseOf(library.simulateLesions, { count: [1, 3], radius: [4, 9], opacity: 0.8 }, 'values', false),
  caseOf(library.simulateLowDose, { dose: [0.1, 0.2], fullDoseNoiseHu: 20 }, 'values', false),
  caseOf(library.simulateLowResolution, { factor: [2, [1, 3], 1] }, 'values', false),
  caseOf(library.spacing, { spacing: [1.3, 1.1, 2.1], border: 0 }, 'places', true),
  caseOf(library.threshold, { level: -500 }, 'values', false),
  caseOf(library.zoom, { zoom: [1.2, 0.8, 1] }, 'places', true),
];

const { flip, rotate, shiftIntensity, gaussianNoise, elastic, randomCropByLabel, randomFlip } = library;
const compositions: readonly (readonly [string, Transform, Changes, boolean])[] = [
  ['compose of places', library.compose([library.orientation({ axcodes: 'RAS' }), randomFlip({ probability: 0.5 })]), 'places', true], // prettier-ignore
  ['compose of places and values', library.compose([shiftIntensity({ offset: 3 }), flip({ axes: [1] })]), 'both', true], // prettier-ignore
  ['spatial', library.spatial([randomCropByLabel({ size, foregroundProbability: 1 }), library.randomRotate(turn)]), 'places', true], // prettier-ignore
  ['spatial with an elastic', library.spatial([elastic({ displacement: 4, controlSpacing: 20 }), flip({ axes: [0] })]), 'places', true], // prettier-ignore
  ['oneOf', library.oneOf([flip({ axes: [1] }), rotate({ degrees: [0, 0, 33] })]), 'places', true],
  ['oneOf of places and values', library.oneOf([flip({ axes: [1] }), gaussianNoise({ standardDeviation: 9 })]), 'both', true], // prettier-ignore
  ['withProbability of places', library.withProbability(0.5, library.randomRotate(turn)), 'places', true],
  ['withProbability of values', library.withProbability(0.5, shiftIntensity({ offset: 3 })), 'values', true],
  ['onKeys of values', library.onKeys(['image'], library.adjustGamma({ logGamma: 0.3 })), 'values', true],
  ['onKeys of noise', library.onKeys(['image'], gaussianNoise({ standardDeviation: 9 })), 'values', false],
  ['onKeys of labels', library.onKeys(['label'], library.fillHoles()), 'labels', false],
];

/** Exports that aren't factories of one transform by its options. */
const OTHERS = [
  'PullStream applyTransforms batch fromIterable inTurn mapInOrder openPull repeatEpochs shuffleBuffer traceSample transformTraced',
  'argmax bodyMask cropRegion growThroughAir invertRegion permuteAxes refineBoundary removeGas removePadding reorient resampleToGrid resampleToSpacing spacingGeometry splitLeftRight',
  'claraCovid19LungInference claraCovid19LungTraining compose onKeys oneOf spatial withProbability',
  'invertSample replaySample specOf transformSample transformVolume',
].flatMap((names) => names.split(' '));

test('the cases are of every factory, with options that it notes as they were given', () => {
  const factories = Object.keys(library).filter((name) => !OTHERS.includes(name));
  expect([...new Set(CASES.map(({ name }) => name))].sort()).toEqual(factories.sort());
  for (const { options, subject } of CASES) expect(subject.transform.options).toMatchObject(options);
});

for (const { name, options, subject } of CASES) describeTransform(`${name} ${JSON.stringify(options)}`, subject); // prettier-ignore
for (const [name, transform, changes, hasInverse] of compositions) {
  describeTransform(name, { transform, changes, hasInverse });
}

/** A transform with a fault, and the check that must find it. */
interface Fault {
  readonly of: Transform;
  readonly with: Partial<Transform>;
  readonly make?: TransformUnderTest['make'];
  readonly hasInverse?: boolean;
  readonly found: RegExp;
}

const shift: Transform = shiftIntensity({ offset: 50 });
const mirror: Transform = flip({ axes: [0] });
const half = (volume: Volume): Volume => ({ ...volume, data: volume.data.map((value) => value / 2) });
let calls = 0;

const FAULTS: Readonly<Record<string, Fault>> = {
  'parameters that JSON changes': {
    of: shift,
    with: { sampleParams: () => ({ offset: NaN }) },
    found: /plain JSON/,
  },
  'what differs from time to time': {
    of: shift,
    with: { sampleParams: () => ({ offset: calls++ }) },
    found: /replays them exactly/,
  },
  'options that make something else': {
    of: shift,
    with: { options: { offset: 3 } },
    make: shiftIntensity,
    found: /made of the options/,
  },
  'a sample that is changed': {
    of: shift,
    with: {
      apply: (volume, params, key) => {
        volume.data[0] = 7;
        return shift.apply(volume, params, key);
      },
    },
    found: /neither the sample/,
  },
  'parameters that are changed': {
    of: shift,
    with: {
      apply: (volume, params, key) => {
        const result = shift.apply(volume, params, key);
        Object.assign(params as object, { offset: 1 });
        return result;
      },
    },
    found: /nor the parameters/,
  },
  'labels that are scaled': {
    of: shift,
    with: { apply: (volume) => half(volume) },
    found: /all but what it is to change/,
  },
  'labels that become intensities': {
    of: shift,
    with: { apply: (volume) => ({ ...volume, kind: 'intensity' }) },
    found: /labels labels/,
  },
  'values on another grid': {
    of: shift,
    with: { apply: (volume) => ({ ...volume, geometry: { ...volume.geometry, origin: [0, 0, 0] } }) },
    found: /keeps the grid/,
  },
  'voxels that leave their place in the patient': {
    of: mirror,
    with: {
      apply: (volume, params) => ({ ...mirror.apply(volume, params), geometry: volume.geometry }),
    },
    found: /landmark where it lies/,
  },
  'an inverse of places that goes elsewhere': {
    of: mirror,
    with: { invert: (volume) => volume },
    found: /comes back to the grid/,
  },
  'an inverse of values that is off': { of: shift, with: { invert: half }, found: /brings values back/ },
  'an inverse of values that does not say so': {
    of: shift,
    with: { inverts: undefined as never },
    found: /prediction alone/,
  },
  'an inverse that is missing': {
    of: shift,
    with: { invert: undefined as never },
    found: /brings values back/,
  },
  'an inverse that should not be': { of: shift, with: {}, hasInverse: false, found: /has no inverse/ },
};

describe('the checks find', () => {
  const failures = (subject: TransformUnderTest): string[] =>
    transformChecks(subject).flatMap(({ title, check }) => (throws(check) ? [title] : []));

  test.each(Object.entries(FAULTS))('%s', (_name, { of, with: fault, make, hasInverse = true, found }) => {
    const changes = of === mirror ? 'places' : 'values';
    const transform = { ...of, ...fault };
    const failed = failures({ transform, changes, hasInverse, ...(make && { make }) });
    expect(failed.join('; ')).toMatch(found);
  });

  test('nothing where nothing is wrong', () => {
    const subject = { transform: shift, make: shiftIntensity, hasInverse: true };
    expect(failures({ ...subject, changes: 'values' })).toEqual([]);
    expect(failures({ transform: mirror, changes: 'places', hasInverse: true })).toEqual([]);
  });
});

function throws(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}
