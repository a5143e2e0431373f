import { nearestAxes, type Geometry, type Vec3, type Volume } from '@lungseg/core';
import { encode } from 'fast-png';
import type { EncodedImage } from './tensorboard/event.js';

/** Slices a row. */
const COLUMNS = 3;
/** Pixels between slices. */
const GAP = 4;
/** The usual window for lungs, in HU. */
const WINDOW = { levelHu: -600, widthHu: 1500 };
/** Reference alone, prediction alone, both: blue, orange, white, which most colour-blind people tell apart. */
const REFERENCE = [80, 160, 255] as const;
const PREDICTION = [255, 150, 0] as const;
const BOTH = [255, 255, 255] as const;

/** A slice: where its rows, columns and place lie in memory. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => number;
}

/**
 * A picture to judge a segmentation by: a row of axial and a row of coronal slices through the lungs, with the outlines
 * of the reference in blue, of the prediction in orange, and white where they agree. The patient's right is on the left;
 * in coronal slices the head is up. A pixel is as wide as a voxel in x; proportions are true.
 *
 * @param image in HU
 * @param reference label, on the image's grid
 * @param prediction label, on the image's grid
 */
export function outlinePicture(image: Volume, reference: Volume, prediction: Volume): EncodedImage {
  const rows = [planesAlong(image.geometry, reference, 2), planesAlong(image.geometry, reference, 1)];
  const width = rows[0]!.reduce((sum, plane) => sum + plane.width + GAP, -GAP);
  const height = rows.reduce((sum, row) => sum + row[0]!.height + GAP, -GAP);
  const data = new Uint8ClampedArray(3 * width * height);
  let top = 0;
  for (const row of rows) {
    let left = 0;
    for (const plane of row) {
      draw(plane, image, reference, prediction, (x, y, colour) =>
        data.set(colour, 3 * ((top + y) * width + left + x)),
      );
      left += plane.width + GAP;
    }
    top += row[0]!.height + GAP;
  }
  return { width, height, png: encode({ width, height, data, channels: 3, depth: 8 }) };
}

/** Planes across a patient's axis (1 front to back, 2 feet to head), evenly over the extent of the reference. */
function planesAlong(geometry: Geometry, reference: Volume, axis: 1 | 2): Plane[] {
  const { size, mm, index } = patientAxes(geometry);
  const down = axis === 2 ? 1 : 2;
  const height = Math.max(1, Math.round((size[down] * mm[down]) / mm[0]));
  const [first, last] = extent(reference, (place) => {
    const position: Vec3 = axis === 2 ? [0, 0, place] : [0, place, 0];
    return { position, index, size, axis };
  });
  return Array.from({ length: COLUMNS }, (_, n) => {
    const place = Math.round(first + ((n + 0.5) / COLUMNS) * (last - first));
    const at = (x: number, y: number): number => {
      const row = Math.min(size[down] - 1, Math.floor(((y + 0.5) * size[down]) / height));
      // x runs to the patient's left and y to the back, as radiologists look; z is drawn with the head up.
      return axis === 2 ? index([x, row, place]) : index([x, place, size[2] - 1 - row]);
    };
    return { width: size[0], height, at };
  });
}

/** A grid along the patient's axes, x to the left, y to the back, z to the head, without moving a voxel. */
function patientAxes({ size, spacing, direction }: Geometry): {
  readonly size: Vec3;
  readonly mm: Vec3;
  readonly index: (position: Vec3) => number;
} {
  const axes = nearestAxes(direction);
  const order = [0, 1, 2].map((world) => axes.findIndex((axis) => axis.world === world));
  const strides = [1, size[0], size[0] * size[1]];
  const pick = (values: Vec3): Vec3 => [values[order[0]!]!, values[order[1]!]!, values[order[2]!]!];
  const turned = pick(size);
  const index = (position: Vec3): number => {
    let place = 0;
    for (let world = 0; world < 3; world++) {
      const axis = order[world]!;
      const along = axes[axis]!.sign < 0 ? turned[world]! - 1 - position[world]! : position[world]!;
      place += along * strides[axis]!;
    }
    return place;
  };
  return { size: turned, mm: pick(spacing), index };
}

interface Slab {
  readonly position: Vec3;
  readonly index: (position: Vec3) => number;
  readonly size: Vec3;
  readonly axis: 1 | 2;
}

/** First and last slice that the label reaches; all of them where it is empty. */
function extent({ data }: Volume, slabAt: (place: number) => Slab): [number, number] {
  const { size, axis } = slabAt(0);
  const places: number[] = [];
  for (let place = 0; place < size[axis]; place++) {
    if (reaches(data, slabAt(place))) places.push(place);
  }
  return places.length === 0 ? [0, size[axis] - 1] : [places[0]!, places[places.length - 1]!];
}

function reaches(data: ArrayLike<number>, { position, index, size, axis }: Slab): boolean {
  const other = axis === 2 ? 1 : 2;
  for (let a = 0; a < size[other]; a++) {
    for (let x = 0; x < size[0]; x++) {
      const at: [number, number, number] = [x, position[1], position[2]];
      at[other] = a;
      if (data[index(at)] !== 0) return true;
    }
  }
  return false;
}

function draw(
  { width, height, at }: Plane,
  image: Volume,
  reference: Volume,
  prediction: Volume,
  set: (x: number, y: number, colour: ArrayLike<number>) => void,
): void {
  const isEdge = ({ data }: Volume, x: number, y: number): boolean => {
    if (data[at(x, y)] === 0) return false;
    const isOutside = (i: number, j: number): boolean =>
      i >= 0 && j >= 0 && i < width && j < height && data[at(i, j)] === 0;
    return isOutside(x - 1, y) || isOutside(x + 1, y) || isOutside(x, y - 1) || isOutside(x, y + 1);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, p] = [isEdge(reference, x, y), isEdge(prediction, x, y)];
      const grey = ((image.data[at(x, y)]! - WINDOW.levelHu) / WINDOW.widthHu + 0.5) * 255;
      set(x, y, r && p ? BOTH : r ? REFERENCE : p ? PREDICTION : [grey, grey, grey]);
    }
  }
}
