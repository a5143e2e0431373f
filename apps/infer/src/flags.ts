import { axisCodes, type Volume } from '@lungseg/core';
import type { Face } from '@lungseg/metrics';
import type { Lungs } from './post-process.js';
import type { LungStatistics } from './statistics.js';

/** What a person should look at before they trust a mask. */
export interface Flag {
  readonly code:
    | 'no-lung-found'
    | 'right-lung-missing'
    | 'left-lung-missing'
    | 'cut-by-field-of-view'
    | 'touches-border'
    | 'unusual-volume';
  readonly message: string;
}

/** A lung with a larger cross-section at the edge of what was measured than this is taken for cut, in square mm. */
const CUT_AREA_MM2 = 150;

/**
 * Volumes of both lungs together that are seldom seen outside of this range, in ml: from a small child to a tall adult
 * with emphysema at full inspiration.
 *
 * @see Hall et al., 2021, reference values for static lung volumes, https://doi.org/10.1183/13993003.00289-2020
 */
const USUAL_ML = { low: 700, high: 9500 };
/** A lung seldom has less than this share of both. */
const USUAL_SHARE = 0.25;

const FACE_NAMES: Readonly<Record<Face, string>> = {
  R: 'right',
  L: 'left',
  A: 'anterior',
  P: 'posterior',
  I: 'inferior',
  S: 'superior',
};

/** What is to be said of a result: nothing found, a side missing, a lung cut, a volume out of the usual. */
export function flagsOf(
  right: LungStatistics,
  left: LungStatistics,
  { leftRight, cutMm2 }: Pick<Lungs, 'leftRight' | 'cutMm2'>,
): Flag[] {
  if (right.voxels + left.voxels === 0) {
    return [{ code: 'no-lung-found', message: 'No lung was found; the mask is empty.' }];
  }
  const flags: Flag[] = [];
  if (right.voxels === 0) flags.push({ code: 'right-lung-missing', message: 'No right lung was found.' });
  if (left.voxels === 0) flags.push({ code: 'left-lung-missing', message: 'No left lung was found.' });
  const border = [
    ...borderFlags(right, 1, leftRight),
    ...circleFlags(right, cutMm2.right),
    ...borderFlags(left, 2, leftRight),
    ...circleFlags(left, cutMm2.left),
  ];
  const isCut = border.some(({ code }) => code === 'cut-by-field-of-view');
  return [...flags, ...border, ...volumeFlags(right, left, isCut)];
}

function borderFlags({ name, touchesBorder }: LungStatistics, label: number, leftRight: Volume): Flag[] {
  if (touchesBorder.length === 0) return [];
  const cut = touchesBorder.filter((face) => areaAt(face, label, leftRight) >= CUT_AREA_MM2);
  const touched = touchesBorder.filter((face) => !cut.includes(face));
  const list = (faces: readonly Face[]): string => faces.map((face) => FACE_NAMES[face]).join(', ');
  const flags: Flag[] = [];
  if (cut.length > 0) {
    flags.push({
      code: 'cut-by-field-of-view',
      message: `The ${name} is cut by the image's edge (${list(cut)}): its volume is too small.`,
    });
  }
  if (touched.length > 0) {
    flags.push({
      code: 'touches-border',
      message: `The ${name} touches the image's edge (${list(touched)}): it may be cut, and its volume too small.`,
    });
  }
  return flags;
}

function circleFlags({ name }: LungStatistics, cutMm2: number): Flag[] {
  if (cutMm2 < CUT_AREA_MM2) return [];
  const message = `The ${name} is cut by the end of what the scanner measured, within the image: its volume is too small.`;
  return [{ code: 'cut-by-field-of-view', message }];
}

/** Area of a label on a face of the image, in square mm. */
function areaAt(face: Face, label: number, { data, geometry }: Volume): number {
  const { size, spacing } = geometry;
  const codes = axisCodes(geometry);
  const opposite: Readonly<Record<Face, Face>> = { R: 'L', L: 'R', A: 'P', P: 'A', I: 'S', S: 'I' };
  const axis = [0, 1, 2].find((n) => codes[n] === face || codes[n] === opposite[face])!;
  const [a, b] = [0, 1, 2].filter((n) => n !== axis) as [number, number];
  const stride = [1, size[0], size[0] * size[1]];
  const base = codes[axis] === face ? (size[axis]! - 1) * stride[axis]! : 0;
  let count = 0;
  for (let j = 0; j < size[b]!; j++) {
    for (let i = 0; i < size[a]!; i++) {
      if (data[base + i * stride[a]! + j * stride[b]!] === label) count++;
    }
  }
  return count * spacing[a]! * spacing[b]!;
}

function volumeFlags(right: LungStatistics, left: LungStatistics, isCut: boolean): Flag[] {
  // What is cut has no whole volume to compare.
  if (isCut) return [];
  const total = right.volumeMl + left.volumeMl;
  const unusual = (message: string): Flag[] => [{ code: 'unusual-volume', message }];
  if (total < USUAL_ML.low || total > USUAL_ML.high) {
    return unusual(
      `Both lungs together have ${total.toFixed(0)} ml; ${USUAL_ML.low} to ${USUAL_ML.high} ml are usual. Look whether the mask is whole, and the image's spacing right.`,
    );
  }
  if (right.voxels === 0 || left.voxels === 0) return [];
  const smaller = right.volumeMl < left.volumeMl ? right : left;
  if (smaller.volumeMl / total >= USUAL_SHARE) return [];
  return unusual(
    `The ${smaller.name} has ${((100 * smaller.volumeMl) / total).toFixed(0)} % of the lungs' volume; ${100 * USUAL_SHARE} % or more are usual. Look whether a part of it was missed.`,
  );
}
