import type { Volume } from '@lungseg/core';
import { encode } from 'fast-png';
import { patientView, type PatientView } from './patient-view.js';
import { drawSlice, tileHeight, type Picture, type SlicePlane } from './slice-tile.js';

/** Slices a row. */
const COLUMNS = 4;
/** Pixels of a slice's width, where the row isn't too high. */
const TILE_WIDTH = 400;
/** Pixels of a row's height at most, for long scans. */
const LARGEST_HEIGHT = 800;
/** Pixels between slices. */
const GAP = 4;

/**
 * A picture to check a mask by: a row of axial and a row of coronal slices through the lungs, the right lung outlined
 * in orange and the left in blue. The patient's right is on the left, as radiologists look; in coronal slices the head
 * is up. Proportions are true.
 *
 * @param image in HU
 * @param leftRight 1 right lung, 2 left lung, on the image's grid
 * @returns a PNG file
 */
export function renderPreview(image: Volume, leftRight: Volume): Uint8Array {
  const view = patientView(image.geometry);
  const rows = [
    slicesThrough(leftRight, view, { across: 0, down: 1, upwards: false, axis: 2 }),
    slicesThrough(leftRight, view, { across: 0, down: 2, upwards: true, axis: 1 }),
  ].map((planes) => {
    const height = tileHeight(view, planes[0]!, TILE_WIDTH);
    const width = Math.max(1, Math.round(TILE_WIDTH * Math.min(1, LARGEST_HEIGHT / height)));
    return planes.map((plane) => drawSlice(image, leftRight, view, plane, width));
  });
  return encode({ ...layOut(rows), channels: 3, depth: 8 });
}

/** Planes evenly over the extent of the lungs along an axis; of the image where there are none. */
function slicesThrough(leftRight: Volume, view: PatientView, plane: Omit<SlicePlane, 'index'>): SlicePlane[] {
  const [first, last] = extentAlong(leftRight, view, plane.axis);
  return Array.from({ length: COLUMNS }, (_, n) => ({
    ...plane,
    index: Math.round(first + ((n + 0.5) / COLUMNS) * (last - first)),
  }));
}

function extentAlong({ data }: Volume, view: PatientView, axis: 0 | 1 | 2): [number, number] {
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
  if (low > last) return [0, last];
  let high = last;
  while (isEmpty(high)) high--;
  return [low, high];
}

function layOut(rows: readonly (readonly Picture[])[]): Picture {
  const width = COLUMNS * (TILE_WIDTH + GAP) - GAP;
  const heights = rows.map((tiles) => tiles[0]!.height);
  const height = heights.reduce((sum, tall) => sum + tall + GAP, -GAP);
  const data = new Uint8ClampedArray(3 * width * height);
  let top = 0;
  for (const [row, tiles] of rows.entries()) {
    for (const [column, tile] of tiles.entries()) {
      const left = column * (TILE_WIDTH + GAP) + ((TILE_WIDTH - tile.width) >> 1);
      paste(data, width, tile, left, top);
    }
    top += heights[row]! + GAP;
  }
  return { width, height, data };
}

function paste(data: Uint8ClampedArray, width: number, tile: Picture, left: number, top: number): void {
  for (let y = 0; y < tile.height; y++) {
    const row = tile.data.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width);
    data.set(row, 3 * ((top + y) * width + left));
  }
}
