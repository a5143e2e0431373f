import { InvalidArgumentError, toJson, type Transform, type Vec3, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { connectRuns, type ConnectedRuns, type Connectivity } from './connected-runs.js';
import { labelsOf } from './labels-of.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link fillHoles}. */
export interface FillHolesOptions {
  /** How what is not the label hangs together: by faces 6, and edges 18, and corners 26; 26 by default. */
  readonly connectivity?: Connectivity;
  /** The labels whose holes to fill, in order; all but 0 by default, in ascending order. */
  readonly labels?: readonly number[];
}

/**
 * Fills what a label encloses: whatever is not of the label and has no way to the volume's edge takes the label, other
 * labels included. Intensities stay as they are. There is no inverse.
 *
 * @param options labels and connectivity
 * @throws InvalidArgumentError when a label is 0
 * @see MONAI `FillHoles`
 */
export function fillHoles(options: FillHolesOptions = {}): Transform<null> {
  options = copyOf(options);
  const { connectivity = 26, labels } = options;
  if (labels?.includes(0)) {
    throw new InvalidArgumentError('labels must not have 0, the background. Received: 0.');
  }
  return {
    name: 'fillHoles',
    options: toJson({ connectivity, labels }),
    sampleParams: () => null,
    apply: (volume) => {
      if (volume.kind !== 'label') return volume;
      const chosen = labels ?? labelsOf(volume);
      return chosen.reduce((result, label) => fillHolesOf(result, label, connectivity), volume);
    },
  };
}

function fillHolesOf(volume: Volume, label: number, connectivity: Connectivity): Volume {
  const { size } = volume.geometry;
  const runs = connectRuns(toFastArray(volume.data), size, connectivity, { otherThan: label });
  const isOpen = reachEdge(runs, size);
  if (!isOpen.includes(0)) return volume;
  const data = volume.data.slice();
  runs.starts.forEach((start, run) => {
    if (isOpen[runs.components[run]!] === 0) data.fill(label, start, runs.ends[run]);
  });
  return { ...volume, data };
}

/** Per component 1 where it touches a face of the volume. */
function reachEdge(runs: ConnectedRuns, [nx, ny, nz]: Vec3): Uint8Array {
  const touches = new Uint8Array(runs.sizes.length);
  for (let run = 0; run < runs.starts.length; run++) {
    const start = runs.starts[run]!;
    const row = Math.floor(start / nx);
    const y = row % ny;
    const z = Math.floor(row / ny);
    const atRowEnd = start === row * nx || runs.ends[run] === (row + 1) * nx;
    if (atRowEnd || y === 0 || y === ny - 1 || z === 0 || z === nz - 1) touches[runs.components[run]!] = 1;
  }
  return touches;
}
