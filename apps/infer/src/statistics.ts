import type { Volume } from '@lungseg/core';
import { labelStatistics, type Face, type LabelStatistics } from '@lungseg/metrics';
import type { Lungs } from './post-process.js';

/** Volume, HU and extent of the lungs; the numbers of labels are left out. */
export type LungStatistics = Omit<LabelStatistics, 'label'>;

/** What a person should look at before they trust a mask. */
export interface Flag {
  readonly code: 'no-lung-found' | 'right-lung-missing' | 'left-lung-missing' | 'touches-border';
  readonly message: string;
}

/** What {@link summarize} gives. */
export interface Summary {
  readonly right: LungStatistics;
  readonly left: LungStatistics;
  readonly total: LungStatistics;
  readonly flags: readonly Flag[];
}

/** Statistics of each lung and of both, and flags. */
export function summarize(image: Volume, { lung, leftRight }: Lungs): Summary {
  const [right, left] = labelStatistics(image, leftRight, { 1: 'right lung', 2: 'left lung' }) as [
    LabelStatistics,
    LabelStatistics,
  ];
  const [total] = labelStatistics(image, lung, { 1: 'both lungs' }) as [LabelStatistics];
  return {
    right: withoutLabel(right),
    left: withoutLabel(left),
    total: withoutLabel(total),
    flags: flagsOf(right, left),
  };
}

function withoutLabel({ label: _, ...statistics }: LabelStatistics): LungStatistics {
  return statistics;
}

const FACE_NAMES: Readonly<Record<Face, string>> = {
  R: 'right',
  L: 'left',
  A: 'anterior',
  P: 'posterior',
  I: 'inferior',
  S: 'superior',
};

function flagsOf(right: LungStatistics, left: LungStatistics): Flag[] {
  if (right.voxels + left.voxels === 0) {
    return [{ code: 'no-lung-found', message: 'No lung was found; the mask is empty.' }];
  }
  const flags: Flag[] = [];
  if (right.voxels === 0) flags.push({ code: 'right-lung-missing', message: 'No right lung was found.' });
  if (left.voxels === 0) flags.push({ code: 'left-lung-missing', message: 'No left lung was found.' });
  for (const { name, touchesBorder } of [right, left]) {
    if (touchesBorder.length === 0) continue;
    const faces = touchesBorder.map((face) => FACE_NAMES[face]).join(', ');
    flags.push({
      code: 'touches-border',
      message: `The ${name} touches the image's edge (${faces}): it may be cut, and its volume too small.`,
    });
  }
  return flags;
}
