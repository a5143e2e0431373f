import { sameGrid, type Vec3, type Volume } from '@lungseg/core';
import { readCt, readVolume } from '@lungseg/io';
import type { DatalistEntry } from '../datalist/datalist.js';
import type { ImageKind } from '../stream/load-samples.js';

/** What was found of one case. */
export interface CaseReport {
  readonly entry: DatalistEntry;
  /** What is wrong, a sentence each; none where the case can be trained on. */
  readonly problems: readonly string[];
  /** Voxels and their distance in mm along i, j, k; absent where the image can't be read. */
  readonly size?: Vec3;
  readonly spacing?: Vec3;
  /** Least and greatest intensity. */
  readonly range?: readonly [number, number];
  /** The values of the label, in ascending order, at most the first 16; absent where there is no label. */
  readonly labels?: readonly number[];
  /** Share of the label's voxels that are not 0. */
  readonly foreground?: number;
}

/** Options of {@link verifyCase} and `verifyDatalist`. */
export interface VerifyOptions {
  /** The values that labels may have; whole numbers of 0 and over by default. */
  readonly labels?: readonly number[];
  /** What the images are; `ct` by default. */
  readonly images?: ImageKind;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

const SHOWN_LABELS = 16;

/**
 * Checks one case before training: whether its files can be read (which those with NaN, or in numbers that can't be HU, can't), lie on
 * one grid, and whether its label has the values that it should and is not empty. Never fails on a bad case; that is what the report says.
 *
 * @param entry of a datalist
 * @param options the values of labels
 * @example
 * const { problems } = await verifyCase({ image: 'a.nii.gz', label: 'a_lung.nii.gz' });
 */
export async function verifyCase(entry: DatalistEntry, options: VerifyOptions = {}): Promise<CaseReport> {
  const problems: string[] = [];
  const read = async (path: string, kind: Volume['kind']): Promise<Volume | undefined> => {
    try {
      const signal = options.signal === undefined ? {} : { signal: options.signal };
      const readFile = kind === 'label' || options.images === 'any' ? readVolume : readCt;
      return (await readFile(path, { kind, ...signal })).volume;
    } catch (error) {
      options.signal?.throwIfAborted();
      problems.push(`${kind === 'label' ? 'label' : 'image'}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const image = await read(entry.image, 'intensity');
  const label = entry.label === undefined ? undefined : await read(entry.label, 'label');
  if (entry.label === undefined) problems.push('label: none in the datalist.');
  if (image !== undefined && label !== undefined && !sameGrid(image.geometry, label.geometry, 0.1)) {
    problems.push('label: not on the grid of the image.');
  }
  return {
    entry,
    problems,
    ...(image === undefined ? {} : describeImage(image, problems)),
    ...(label === undefined ? {} : describeLabel(label, options.labels, problems)),
  };
}

function describeImage(
  { data, geometry }: Volume,
  problems: string[],
): Pick<CaseReport, 'size' | 'spacing' | 'range'> {
  let low = Infinity;
  let high = -Infinity;
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low >= high) problems.push('image: all voxels have the same value.');
  return { size: geometry.size, spacing: geometry.spacing, range: [low, high] };
}

function describeLabel(
  { data }: Volume,
  allowed: readonly number[] | undefined,
  problems: string[],
): Pick<CaseReport, 'labels' | 'foreground'> {
  const counts = new Map<number, number>();
  let last = Number.NaN;
  let run = 0;
  const add = (): unknown => run > 0 && counts.set(last, (counts.get(last) ?? 0) + run);
  for (let n = 0; n < data.length; n++, run++) {
    if (data[n] === last) continue;
    add();
    last = data[n]!;
    run = 0;
  }
  add();
  const labels = [...counts.keys()].sort((a, b) => a - b);
  const isAllowed = (value: number): boolean =>
    allowed === undefined ? Number.isInteger(value) && value >= 0 : allowed.includes(value);
  const wrong = labels.filter((value) => !isAllowed(value));
  if (wrong.length > 0) {
    const expected = allowed === undefined ? 'whole numbers of 0 and over' : allowed.join(', ');
    const more = wrong.length > 5 ? ` and ${wrong.length - 5} more` : '';
    problems.push(`label: values must be ${expected}. Received: ${wrong.slice(0, 5).join(', ')}${more}.`);
  }
  const foreground = 1 - (counts.get(0) ?? 0) / data.length;
  if (foreground === 0) problems.push('label: empty.');
  return { labels: labels.slice(0, SHOWN_LABELS), foreground };
}
