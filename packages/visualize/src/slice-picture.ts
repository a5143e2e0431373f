import { InvalidArgumentError, type Volume } from '@lungseg/core';
import { drawSlice, PLANES, sliceHeight, type Plane, type SlicePlace } from './draw-slice.js';
import { labelMaps, type Outlined } from './outlines.js';
import { patientView, type PatientView } from './patient-view.js';
import type { Picture } from './picture.js';

/** Options of {@link slicePicture}. */
export interface SlicePictureOptions {
  /** Slices a row; 4 by default. */
  readonly columns?: number;
  /** Pixels of a slice's width, where its row isn't too high; 400 by default. A row is twice as high at most. */
  readonly tileWidth?: number;
}

/** What the rows show. */
const ROWS: readonly Plane[] = ['axial', 'coronal'];
/** A row's height at most, in widths of a tile, for long scans. */
const LARGEST_HEIGHT = 2;
/** Pixels between slices. */
const GAP = 4;

/**
 * A picture to judge a segmentation by: a row of axial and a row of coronal slices through the lungs, with outlines.
 * Slices are spread evenly over the extent of the labels, or of the reference, so that two predictions of a case are
 * shown in the same slices; where it is empty, of the prediction, and else of the image. They look as
 * {@link drawSlice} draws them, in true proportions.
 *
 * @param image in HU
 * @param outlined on the image's grid
 * @throws ShapeError when what is outlined lies on another grid than the image
 * @throws InvalidArgumentError when an option isn't a positive integer
 */
export function slicePicture(image: Volume, outlined: Outlined, options: SlicePictureOptions = {}): Picture {
  const { columns = 4, tileWidth = 400 } = options;
  for (const [name, value] of Object.entries({ columns, tileWidth })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new InvalidArgumentError(`${name} must be a positive integer. Received: ${value}.`);
    }
  }
  const maps = labelMaps(image, outlined);
  const view = patientView(image.geometry);
  const rows = ROWS.map((plane) => {
    const height = sliceHeight(view, plane, tileWidth);
    const width = Math.max(1, Math.round(tileWidth * Math.min(1, (LARGEST_HEIGHT * tileWidth) / height)));
    const places = slicesThrough(maps, view, plane, columns);
    return places.map((place) => drawSlice(image, outlined, place, width));
  });
  return layOut(rows, columns, tileWidth);
}

/** Slices evenly over the extent of the first map that has one; of the image where none has. */
function slicesThrough(
  maps: readonly Volume[],
  view: PatientView,
  plane: Plane,
  count: number,
): SlicePlace[] {
  const axis = PLANES[plane].through;
  let extent: Extent | undefined;
  for (const map of maps) extent ??= extentAlong(map, view, axis);
  const [first, last] = extent ?? [0, view.size[axis] - 1];
  return Array.from({ length: count }, (_, n) => ({
    plane,
    index: Math.round(first + ((n + 0.5) / count) * (last - first)),
  }));
}

type Extent = readonly [first: number, last: number];

/** The first and the last slice that a map reaches along an axis; undefined where it is empty. */
function extentAlong({ data }: Volume, view: PatientView, axis: 0 | 1 | 2): Extent | undefined {
  const [a, b] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  const isEmpty = (index: number): boolean => {
    const base = view.offset + index * view.stride[axis];
    for (let j = 0; j < view.size[b]!; j++) {
      for (let i = 0; i < view.size[a]!; i++) {
        if (data[base + i * view.stride[a]! + j * view.stride[b]!] !== 0) return false;
      }
    }
    return true;
  };
  const last = view.size[axis] - 1;
  let low = 0;
  while (low <= last && isEmpty(low)) low++;
  if (low > last) return undefined;
  let high = last;
  while (isEmpty(high)) high--;
  return [low, high];
}

/** Rows of slices under each other, each in the middle of its tile. */
function layOut(rows: readonly (readonly Picture[])[], columns: number, tileWidth: number): Picture {
  const width = columns * (tileWidth + GAP) - GAP;
  const height = rows.reduce((sum, tiles) => sum + tiles[0]!.height + GAP, -GAP);
  const data = new Uint8ClampedArray(3 * width * height);
  let top = 0;
  for (const tiles of rows) {
    for (const [column, tile] of tiles.entries()) {
      const left = column * (tileWidth + GAP) + ((tileWidth - tile.width) >> 1);
      paste(data, width, tile, left, top);
    }
    top += tiles[0]!.height + GAP;
  }
  return { width, height, data };
}

function paste(data: Uint8ClampedArray, width: number, tile: Picture, left: number, top: number): void {
  for (let y = 0; y < tile.height; y++) {
    const row = tile.data.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width);
    data.set(row, 3 * ((top + y) * width + left));
  }
}
