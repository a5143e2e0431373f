import type { Volume } from '@lungseg/core';
import type { PatientView } from './patient-view.js';

/** A slice to draw: which of a view's axes run to the right and down, and where along the third. */
export interface SlicePlane {
  readonly across: 0 | 1 | 2;
  readonly down: 0 | 1 | 2;
  /** Whether the axis `down` is drawn against its direction, so that the head is up. */
  readonly upwards: boolean;
  readonly axis: 0 | 1 | 2;
  /** Index along {@link axis}. */
  readonly index: number;
}

/** Pixels of red, green and blue, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Colours of the right (1) and the left lung (2): orange and blue, which most colour-blind people tell apart. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [255, 150, 0],
  [0, 170, 255],
];
/** The usual window for lungs, in HU. */
const WINDOW = { levelHu: -600, widthHu: 1500 };

/**
 * Draws one slice in grey, with the outlines of the lungs in colour.
 *
 * @param image in HU
 * @param leftRight 1 right lung, 2 left lung
 * @param view of their grid along the patient's axes
 * @param plane which slice
 * @param width pixels; the height follows from the slice's true proportions
 */
export function drawSlice(
  image: Volume,
  leftRight: Volume,
  view: PatientView,
  plane: SlicePlane,
  width: number,
): Picture {
  const height = tileHeight(view, plane, width);
  // Rounds and clamps by itself.
  const data = new Uint8ClampedArray(3 * width * height);
  const labels = new Uint8Array(width * height);
  const columns = samplePositions(width, view.size[plane.across], false, view.stride[plane.across]);
  const rows = samplePositions(height, view.size[plane.down], plane.upwards, view.stride[plane.down]);
  const base = view.offset + plane.index * view.stride[plane.axis];
  for (let y = 0, n = 0; y < height; y++) {
    const row = rows[y]!;
    for (let x = 0; x < width; x++, n++) {
      const column = columns[x]!;
      const hu = interpolate(image.data, base, column, row);
      const grey = ((hu - WINDOW.levelHu) / WINDOW.widthHu + 0.5) * 255;
      data[3 * n] = data[3 * n + 1] = data[3 * n + 2] = grey;
      labels[n] = leftRight.data[base + column.nearest + row.nearest]!;
    }
  }
  drawOutlines(data, labels, width, height);
  return { width, height, data };
}

/** Pixels that a slice of this width needs to keep its proportions. */
export function tileHeight(view: PatientView, { across, down }: SlicePlane, width: number): number {
  const mm = (axis: number): number => view.size[axis]! * view.spacing[axis]!;
  return Math.max(1, Math.round((width * mm(down)) / mm(across)));
}

/** What a pixel's column or row contributes to a voxel's place in memory. */
interface SamplePosition {
  readonly nearest: number;
  readonly first: number;
  readonly second: number;
  /** Of {@link second}. */
  readonly weight: number;
}

function samplePositions(
  pixels: number,
  voxels: number,
  reversed: boolean,
  stride: number,
): SamplePosition[] {
  return Array.from({ length: pixels }, (_, n) => {
    const pixel = reversed ? pixels - 1 - n : n;
    const centre = ((pixel + 0.5) * voxels) / pixels - 0.5;
    const position = Math.min(Math.max(centre, 0), voxels - 1);
    const first = Math.floor(position);
    return {
      nearest: Math.round(position) * stride,
      first: first * stride,
      second: Math.min(first + 1, voxels - 1) * stride,
      weight: position - first,
    };
  });
}

function interpolate(
  data: ArrayLike<number>,
  base: number,
  column: SamplePosition,
  row: SamplePosition,
): number {
  const topLeft = data[base + row.first + column.first]!;
  const bottomLeft = data[base + row.second + column.first]!;
  const top = topLeft + column.weight * (data[base + row.first + column.second]! - topLeft);
  const bottom = bottomLeft + column.weight * (data[base + row.second + column.second]! - bottomLeft);
  return top + row.weight * (bottom - top);
}

/** Colours pixels of a lung that have a neighbour which is not of it. */
function drawOutlines(data: Uint8ClampedArray, labels: Uint8Array, width: number, height: number): void {
  for (let y = 0, n = 0; y < height; y++) {
    for (let x = 0; x < width; x++, n++) {
      const label = labels[n]!;
      if (label === 0) continue;
      const isInside =
        (x === 0 || labels[n - 1] === label) &&
        (x === width - 1 || labels[n + 1] === label) &&
        (y === 0 || labels[n - width] === label) &&
        (y === height - 1 || labels[n + width] === label);
      if (!isInside) data.set(COLOURS[label] ?? COLOURS[0]!, 3 * n);
    }
  }
}
