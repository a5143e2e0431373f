import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, sameGrid, UnsupportedError, type Volume } from '@lungseg/core';
import { readCt, readVolume } from '@lungseg/io';
import { segmentationScores, volumeMl, type SegmentationScores } from '@lungseg/metrics';
import type { LoadedModel } from '@lungseg/models';
import { checkExtent } from './check-extent.js';
import type { Flag } from './flags.js';
import { segment, type SegmentOptions } from './segment.js';
import { StageClock, type Stage } from './stages.js';
import { summarize } from './statistics.js';

/** A CT with a reference to compare with. */
export interface EvaluationCase {
  readonly name: string;
  /** A file, or a DICOM folder. */
  readonly image: string;
  /** Mask of both lungs, on the image's grid. */
  readonly lung: string;
  /** 1 right, 2 left; where the case has one. */
  readonly leftRight?: string;
}

/** Tolerance of surface Dice. */
export const NSD_TOLERANCE_MM = 2;

/** Scores by class: each side only where the case has a reference of the sides. */
export type ClassScores = {
  readonly lungs: SegmentationScores;
  readonly 'right lung'?: SegmentationScores;
  readonly 'left lung'?: SegmentationScores;
};

/** How a case came out, on the grid of its CT. */
export interface CaseResult {
  readonly name: string;
  /** Of both lungs. */
  readonly dice: number;
  readonly diceRight: number | null;
  readonly diceLeft: number | null;
  readonly scores: ClassScores;
  readonly volumeMl: number;
  readonly referenceMl: number;
  readonly flags: readonly Flag[];
  readonly seconds: Partial<Record<Stage, number>>;
}

/**
 * Finds the cases of a folder: folders with `image.nii.gz` or `dicom/`, `lung.nii.gz`, and sometimes `lung_lr.nii.gz`.
 *
 * @param folder of folders
 * @param only names of the cases wanted; all by default
 * @throws InvalidArgumentError when there is none, or one that is wanted isn't there
 */
export async function findCases(folder: string, only: readonly string[] = []): Promise<EvaluationCase[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = (await Promise.all(names.sort().map((name) => caseIn(folder, name)))).filter(
    (item) => item !== undefined,
  );
  const missing = only.filter((name) => !found.some((item) => item.name === name));
  if (found.length === 0 || missing.length > 0) {
    throw new InvalidArgumentError(
      `${folder} must have cases${missing.length > 0 ? ` ${missing.join(', ')}` : ''}: folders with image.nii.gz or dicom/, and lung.nii.gz. Found: ${found.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  }
  return only.length === 0 ? found : found.filter(({ name }) => only.includes(name));
}

async function caseIn(folder: string, name: string): Promise<EvaluationCase | undefined> {
  const place = async (...files: string[]): Promise<string | undefined> => {
    for (const file of files) {
      const path = join(folder, name, file);
      if (
        await stat(path).then(
          () => true,
          () => false,
        )
      ) {
        return path;
      }
    }
    return undefined;
  };
  const [image, lung, leftRight] = await Promise.all([
    place('image.nii.gz', 'dicom'),
    place('lung.nii.gz'),
    place('lung_lr.nii.gz'),
  ]);
  if (image === undefined || lung === undefined) return undefined;
  return { name, image, lung, ...(leftRight === undefined ? {} : { leftRight }) };
}

/** A case's CT, and the masks of both lungs that are compared, all on the CT's grid. */
export interface ComparedVolumes {
  readonly image: Volume;
  readonly reference: Volume;
  readonly prediction: Volume;
}

/** Options of {@link evaluateCase}. */
export interface EvaluateOptions extends Omit<SegmentOptions, 'clock'> {
  /** Called with what was compared. Its time isn't among the case's. */
  readonly onCompared?: (volumes: ComparedVolumes) => Promise<void>;
}

/**
 * Segments a case as `infer:run` does, and compares it with its reference.
 *
 * @throws UnsupportedError when the reference lies on another grid than the CT
 * @throws ReadError when the CT has not the size of one
 */
export async function evaluateCase(
  item: EvaluationCase,
  model: LoadedModel,
  { onCompared, ...options }: EvaluateOptions = {},
): Promise<CaseResult> {
  const clock = new StageClock();
  const { volume: image } = await clock.measure('read', () => readCt(item.image));
  checkExtent(item.image, image.geometry);
  const segmentation = await segment(image, model, { ...options, clock });
  const reference = await readReference(item.lung, image);
  const sides = item.leftRight === undefined ? undefined : await readReference(item.leftRight, image);
  const { lung, leftRight } = segmentation;
  const { total, flags } = summarize(image, segmentation);
  const scoresOf = (mask: Volume, truth: Volume, label?: number): SegmentationScores =>
    segmentationScores(mask, truth, {
      toleranceMm: NSD_TOLERANCE_MM,
      ...(label === undefined ? {} : { label }),
    });
  const scores: ClassScores = {
    lungs: scoresOf(lung, reference),
    ...(sides === undefined
      ? {}
      : { 'right lung': scoresOf(leftRight, sides, 1), 'left lung': scoresOf(leftRight, sides, 2) }),
  };
  await onCompared?.({ image, reference, prediction: lung });
  return {
    name: item.name,
    dice: scores.lungs.dice,
    diceRight: scores['right lung']?.dice ?? null,
    diceLeft: scores['left lung']?.dice ?? null,
    scores,
    volumeMl: total.volumeMl,
    referenceMl: volumeMl(reference),
    flags,
    seconds: clock.seconds,
  };
}

async function readReference(path: string, image: Volume): Promise<Volume> {
  const { volume } = await readVolume(path, { kind: 'label' });
  // References are stored with rounded positions now and then: a tenth of a millimetre does no harm.
  if (!sameGrid(volume.geometry, image.geometry, 0.1)) {
    throw new UnsupportedError(`${path} must lie on its CT's grid. Resample it first.`);
  }
  return { ...volume, geometry: image.geometry };
}
