import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { drawOutlines, labelMaps, type Outlined } from './outlines.js';
import { patientView, type PatientView } from './patient-view.js';
import type { Picture } from './picture.js';

/** How a slice lies in the patient. */
export type Plane = 'axial' | 'coronal' | 'sagittal';

/** A slice of a volume. */
export interface SlicePlace {
  readonly plane: Plane;
  /** Along the patient's axis across the plane, as {@link PatientView} has it: from the feet, front, or right on. */
  readonly index: number;
}

/** Which of a view's axes run to the right, down, and through a slice. */
interface PlaneAxes {
  readonly across: 0 | 1 | 2;
  readonly down: 0 | 1 | 2;
  /** Whether the axis `down` is drawn against its direction, so that the head is up. */
  readonly upwards: boolean;
  readonly through: 0 | 1 | 2;
}

/** The axes of each plane. */
export const PLANES: Readonly<Record<Plane, PlaneAxes>> = {
  axial: { across: 0, down: 1, upwards: false, through: 2 },
  coronal: { across: 0, down: 2, upwards: true, through: 1 },
  sagittal: { across: 1, down: 2, upwards: true, through: 0 },
};

/** The usual window for lungs, in HU. */
const WINDOW = { levelHu: -600, widthHu: 1500 };

/**
 * Draws one slice in grey, by the usual window for lungs (level -600 HU, width 1500 HU), with outlines in colour. The
 * CT is interpolated between voxels. The patient's right is on the left, as radiologists look; in sagittal slices the
 * front is. In coronal and sagittal slices the head is up. An oblique volume is seen along its nearest axes.
 *
 * @param image in HU
 * @param outlined on the image's grid
 * @param place which slice
 * @param width pixels; the height follows from the slice's true proportions
 * @throws ShapeError when what is outlined lies on another grid than the image
 * @throws InvalidArgumentError when there is no such slice, or the width isn't a positive integer
 */
export function drawSlice(image: Volume, outlined: Outlined, place: SlicePlace, width: number): Picture {
  const view = patientView(image.geometry);
  const axes = PLANES[place.plane];
  const slices = view.size[axes.through];
  if (!Number.isInteger(place.index) || place.index < 0 || place.index >= slices) {
    throw new InvalidArgumentError(
      `index must be that of one of ${slices} ${place.plane} slices, from 0 on. Received: ${place.index}.`,
    );
  }
  if (!Number.isInteger(width) || width < 1) {
    throw new InvalidArgumentError(`width must be a positive integer. Received: ${width}.`);
  }
  labelMaps(image, outlined);
  const height = sliceHeight(view, place.plane, width);
  const columns = samplePositions(width, view.size[axes.across], false, view.stride[axes.across]);
  const rows = samplePositions(height, view.size[axes.down], axes.upwards, view.stride[axes.down]);
  const base = view.offset + place.index * view.stride[axes.through];
  const picture = { width, height, data: greys(image.data, base, columns, rows) };
  drawOutlines(picture, outlined, ({ data }) => nearestLabels(data, base, columns, rows));
  return picture;
}

/** Pixels of height that a slice of this width needs to keep its proportions. */
export function sliceHeight(view: PatientView, plane: Plane, width: number): number {
  const { across, down } = PLANES[plane];
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

function greys(
  data: ArrayLike<number>,
  base: number,
  columns: readonly SamplePosition[],
  rows: readonly SamplePosition[],
): Uint8ClampedArray {
  // Rounds and clamps by itself.
  const pixels = new Uint8ClampedArray(3 * columns.length * rows.length);
  let n = 0;
  for (const row of rows) {
    for (const column of columns) {
      const hu = interpolate(data, base, column, row);
      const grey = ((hu - WINDOW.levelHu) / WINDOW.widthHu + 0.5) * 255;
      pixels[n++] = grey;
      pixels[n++] = grey;
      pixels[n++] = grey;
    }
  }
  return pixels;
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

function nearestLabels(
  data: ArrayLike<number>,
  base: number,
  columns: readonly SamplePosition[],
  rows: readonly SamplePosition[],
): Uint16Array {
  const labels = new Uint16Array(columns.length * rows.length);
  let n = 0;
  for (const row of rows) {
    for (const column of columns) labels[n++] = data[base + column.nearest + row.nearest]!;
  }
  return labels;
}
