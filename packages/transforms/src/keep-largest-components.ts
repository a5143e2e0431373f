import { InvalidArgumentError, type Transform } from '@lungseg/core';
import { clearComponents, connectRuns, type ConnectedRuns, type Connectivity } from './connected-runs.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link keepLargestComponents}. */
export interface KeepLargestComponentsOptions {
  /** How many components of each label to keep; 1 by default. */
  readonly count?: number;
  /** Who is a neighbour: by faces 6, and edges 18, and corners 26; 26 by default. */
  readonly connectivity?: Connectivity;
  /** The least size of what is kept, as a fraction of the label's largest component; 0 by default. */
  readonly minimumFraction?: number;
  /** The least volume of what is kept, in ml; 0 by default. */
  readonly minimumMl?: number;
}

/**
 * Keeps the largest connected components of each label; other voxels become 0. Intensities stay as they are. Of
 * components of the same size, the one with the first voxel goes first. There is no inverse.
 *
 * @param options how many, and who is a neighbour
 * @throws InvalidArgumentError when `count` is not positive and whole or `minimumFraction` is not in [0, 1],
 *   or `minimumMl` is negative or not a number
 * @see MONAI `KeepLargestConnectedComponent`, whose connectivity counts 1, 2, 3
 * @example
 * keepLargestComponents({ count: 2, connectivity: 6, minimumFraction: 0.05 });
 */
export function keepLargestComponents(options: KeepLargestComponentsOptions = {}): Transform<null> {
  const { count = 1, connectivity = 26, minimumFraction = 0, minimumMl = 0 } = options;
  if (!(Number.isInteger(count) && count > 0)) {
    throw new InvalidArgumentError(`count must be a positive integer. Received: ${count}.`);
  }
  if (!(minimumFraction >= 0 && minimumFraction <= 1)) {
    throw new InvalidArgumentError(`minimumFraction must be in [0, 1]. Received: ${minimumFraction}.`);
  }
  if (!(minimumMl >= 0)) {
    throw new InvalidArgumentError(`minimumMl must be 0 or more. Received: ${minimumMl}.`);
  }
  return {
    name: 'keepLargestComponents',
    options: { count, connectivity, minimumFraction, minimumMl },
    sampleParams: () => null,
    apply: (volume) => {
      if (volume.kind !== 'label') return volume;
      const runs = connectRuns(toFastArray(volume.data), volume.geometry.size, connectivity, 'same-label');
      const voxelMl = volume.geometry.spacing.reduce((product, mm) => product * mm, 1) / 1000;
      return clearComponents(
        volume,
        runs,
        selectLargest(runs, { count, minimumFraction, minimumVoxels: minimumMl / voxelMl }),
      );
    },
  };
}

interface Selection {
  readonly count: number;
  readonly minimumFraction: number;
  readonly minimumVoxels: number;
}

function selectLargest(
  runs: ConnectedRuns,
  { count, minimumFraction, minimumVoxels }: Selection,
): Set<number> {
  const byLabel = new Map<number, number[]>();
  runs.values.forEach((label, component) => {
    const components = byLabel.get(label);
    if (components === undefined) byLabel.set(label, [component]);
    else components.push(component);
  });
  const kept = new Set<number>();
  for (const components of byLabel.values()) {
    components.sort((a, b) => runs.sizes[b]! - runs.sizes[a]! || a - b);
    const least = Math.max(minimumVoxels, minimumFraction * runs.sizes[components[0]!]!);
    for (const component of components.slice(0, count)) {
      if (runs.sizes[component]! >= least) kept.add(component);
    }
  }
  return kept;
}
