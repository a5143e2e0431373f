import {
  InvalidArgumentError,
  squaredDistances,
  toJson,
  type Transform,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { cropRegion } from './crop-region.js';
import { boundingBox } from './crop-to-foreground.js';
import { labelsOf } from './labels-of.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link closeLabels}. */
export interface CloseLabelsOptions {
  /** Radius of the ball, in mm. */
  readonly radius: number;
  /** The labels to close, in order; all but 0 by default, in ascending order. */
  readonly labels?: readonly number[];
}

/**
 * Closes gaps and notches of labels that a ball does not fit into: dilation and then erosion by the ball, whatever the
 * spacing. Only background is filled; other labels and intensities stay as they are. Outside the volume there is room
 * for the ball, so that a label at the edge is not eroded there. There is no inverse.
 *
 * @param options radius and labels
 * @returns the same grid, voxels of the same type
 * @throws InvalidArgumentError when the radius is negative or a label is 0
 * @see Serra 1982, Image Analysis and Mathematical Morphology; SciPy `ndimage.binary_closing` with a ball
 * @example
 * closeLabels({ radius: 5 });
 */
export function closeLabels(options: CloseLabelsOptions): Transform<null> {
  options = copyOf(options);
  const { radius, labels } = options;
  if (!(radius >= 0 && Number.isFinite(radius))) {
    throw new InvalidArgumentError(`radius must be a number of mm, not negative. Received: ${radius}.`);
  }
  if (labels?.includes(0)) {
    throw new InvalidArgumentError('labels must not have 0, the background. Received: 0.');
  }
  return {
    name: 'closeLabels',
    options: toJson({ radius, labels }),
    sampleParams: () => null,
    apply: (volume) => {
      if (volume.kind !== 'label') return volume;
      const chosen = labels ?? labelsOf(volume);
      return chosen.reduce((result, label) => closeLabel(result, label, radius), volume);
    },
  };
}

function closeLabel(volume: Volume, label: number, radius: number): Volume {
  const { spacing, size } = volume.geometry;
  const isLabel = maskOf(volume, (value) => value === label);
  const box = boundingBox(isLabel, 0);
  if (box === undefined) return volume;
  // A little more than the ball's radius on each side, also beyond the volume's edge.
  const margin = spacing.map((mm) => Math.floor(radius / mm) + 1);
  const start = box[0].map((n, axis) => n - margin[axis]!) as unknown as Vec3;
  const extent = box[1].map((n, axis) => n - start[axis]! + 1 + margin[axis]!) as unknown as Vec3;
  const region = cropRegion(isLabel, start, extent);
  const square = radius * radius * (1 + 1e-6);
  const near = squaredDistances(region.data, extent, spacing);
  const undilated = Uint8Array.from(near, (distance) => (distance <= square ? 0 : 1));
  const far = squaredDistances(undilated, extent, spacing);
  const data = volume.data.slice();
  for (let z = Math.max(0, -start[2]); z < Math.min(extent[2], size[2] - start[2]); z++) {
    for (let y = Math.max(0, -start[1]); y < Math.min(extent[1], size[1] - start[1]); y++) {
      const from = (z * extent[1] + y) * extent[0];
      const to = ((z + start[2]) * size[1] + y + start[1]) * size[0] + start[0];
      for (let x = Math.max(0, -start[0]); x < Math.min(extent[0], size[0] - start[0]); x++) {
        if (far[from + x]! > square && data[to + x] === 0) data[to + x] = label;
      }
    }
  }
  return { ...volume, data };
}

function maskOf(volume: Volume, isIn: (value: number) => boolean): Volume<Uint8Array> {
  const values = toFastArray(volume.data);
  const data = new Uint8Array(values.length);
  for (let n = 0; n < data.length; n++) data[n] = isIn(values[n]!) ? 1 : 0;
  return { ...volume, data };
}
