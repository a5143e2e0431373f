import { sameGrid, ShapeError, type Geometry, type Sample, type Volume } from '@lungseg/core';
import { copyOf } from './copy-of.js';
import { copyAligned } from './aligned-copy.js';
import { assertHistory, specOf, type History, type TransformRecord } from './history.js';
import { resampleRows, resampleToGrid, settleResampling, type ResampleOptions } from './resample-to-grid.js';
import { placeByDisplacement } from './row-places.js';
import { firstVolume } from './sample.js';
import type { GeometryJson } from './spacing.js';
import { invertDisplacement, type Displacement, type SpatialTransform } from './spatial-transform.js';
import { nameErrors } from './transform-error.js';

/** Parameters of {@link spatial}: what each step drew, and the grid before. */
export type SpatialParams = { readonly steps: History; readonly from: GeometryJson };

/**
 * Several spatial transforms in one resampling: each only says where its voxels come from, and the volume is sampled
 * once, at the end. What is blurred once stays sharper than what each step blurs; a crop that is turned shows the volume's own
 * voxels in its corners; and a chain that only crops and flips copies voxels, and keeps their type. The inverse
 * samples once, too.
 *
 * Steps draw their parameters as in `compose`. A step that looks at voxels, as `randomCropByLabel` does, sees those that
 * the steps before would give, which are only computed then. The steps' own interpolation, border and fill are passed
 * over for those of the chain.
 *
 * @param steps spatial transforms, in order; may be chains themselves
 * @param options interpolation and border of the one resampling
 * @throws InvalidArgumentError when a step has no options; by `apply` and `invert`, when the parameters were drawn for other
 *   steps, or for steps with other options
 * @see MONAI's lazy resampling
 * @example
 * spatial(
 *   [
 *     randomCropByLabel({ size: [224, 224, 32], foregroundProbability: 0.75 }),
 *     randomRotate({ degrees: [0, 0, 15] }),
 *     randomFlip({ probability: 0.5 }),
 *   ],
 *   { border: -1024 },
 * );
 */
export function spatial(
  steps: readonly SpatialTransform[],
  options: ResampleOptions = {},
): SpatialTransform<SpatialParams> {
  steps = [...steps];
  options = copyOf(options);
  const specs = steps.map(specOf);
  const fold = (grid: Geometry, { steps: history }: SpatialParams): Folded => {
    assertHistory(specs, history);
    return foldSteps(steps, history, grid);
  };
  return {
    name: 'spatial',
    options: { steps: specs, ...settleResampling(options) },
    sampleParams: (rng, sample) => {
      const from = firstVolume(sample).geometry;
      const history: TransformRecord[] = [];
      let folded: Folded = { grid: from, displacements: [] };
      for (const [n, step] of steps.entries()) {
        const current = lazily(sample, folded, options);
        const params = nameErrors(step.name, () => step.sampleParams(rng, current));
        const record = { ...specs[n]!, params };
        history.push(record);
        folded = foldSteps([step], [record], folded.grid, folded.displacements);
      }
      return { steps: history, from: { ...from } };
    },
    apply: (volume, params) => {
      assertGrid(volume, params.from);
      const { grid, displacements } = fold(params.from, params);
      return resampleOnce(volume, grid, chain(displacements), options);
    },
    invert: (volume, params) => {
      const { grid, displacements } = fold(params.from, params);
      assertGrid(volume, grid);
      const back = displacements.map(invertDisplacement).reverse();
      return resampleOnce(volume, params.from, chain(back), options);
    },
    outputGrid: (grid, params) => fold(grid, params).grid,
    displacement: (grid, params) => chain(fold(grid, params).displacements),
  };
}

/** The grid that a chain ends at, and what it moves on the way, in the order of the steps. */
interface Folded {
  readonly grid: Geometry;
  readonly displacements: readonly Displacement[];
}

function foldSteps(
  steps: readonly SpatialTransform[],
  history: History,
  from: Geometry,
  before: readonly Displacement[] = [],
): Folded {
  const displacements = [...before];
  const grid = steps.reduce((current, step, n) => {
    const { params } = history[n]!;
    const displacement = step.displacement?.(current, params);
    if (displacement !== undefined) displacements.push(displacement);
    return step.outputGrid(current, params);
  }, from);
  return { grid, displacements };
}

/** From a place of the result back through all steps, the last one first; undefined where none moves anything. */
function chain(displacements: readonly Displacement[]): Displacement | undefined {
  if (displacements.length === 0) return undefined;
  const backwards = [...displacements].reverse();
  return {
    move: (place) => {
      for (const displacement of backwards) displacement.move(place);
    },
    scale: Math.min(...displacements.map(({ scale }) => scale)),
  };
}

function resampleOnce(
  volume: Volume,
  grid: Geometry,
  displacement: Displacement | undefined,
  options: ResampleOptions,
): Volume {
  if (displacement !== undefined) {
    return resampleRows(volume, grid, placeByDisplacement(grid, volume.geometry, displacement), options);
  }
  return copyAligned(volume, grid, options.border ?? 'clamp') ?? resampleToGrid(volume, grid, options);
}

/** The sample as the steps so far leave it; voxels are only computed for a step that looks at them. */
function lazily(sample: Sample, { grid, displacements }: Folded, options: ResampleOptions): Sample {
  if (displacements.length === 0 && grid === firstVolume(sample).geometry) return sample;
  const entries = Object.entries(sample).map(([key, volume]): [string, Volume] => {
    let data: Volume['data'] | undefined;
    const lazy: Volume = {
      kind: volume.kind,
      geometry: grid,
      get data() {
        return (data ??= resampleOnce(volume, grid, chain(displacements), options).data);
      },
    };
    return [key, lazy];
  });
  return Object.fromEntries(entries);
}

/** Refuses a volume on another grid than that for which the parameters were drawn. */
function assertGrid(volume: Volume, expected: Geometry): void {
  if (sameGrid(volume.geometry, expected, 0.1)) return;
  throw new ShapeError(
    `These parameters were drawn for a grid of ${expected.size.join(' x ')} at ${String(expected.origin)}. Received one of ${volume.geometry.size.join(' x ')} at ${String(volume.geometry.origin)}. Resample the volumes of a sample to one grid first.`,
  );
}
