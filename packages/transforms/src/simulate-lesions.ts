import {
  InvalidArgumentError,
  toJson,
  type Rng,
  type Transform,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { assertAmount, assertAmountOver, drawAmount, endsOf, type Amount } from './amount.js';
import { copyOf } from './copy-of.js';
import { volumeOf } from './crop-to-foreground.js';
import { drawVoxelOf } from './draw-voxel-of.js';
import { assertSize } from './sample.js';
import { toFastArray } from './voxel-arrays.js';

/** Options of {@link simulateLesions}. */
export interface SimulateLesionsOptions {
  /** How many; two numbers for a range that includes both. */
  readonly count: number | readonly [number, number];
  /** Half axes of the ellipsoids in mm, each drawn on its own; a range to draw them from, or one number. */
  readonly radius: Amount;
  /** HU that lesions tend to, a range each, of which every lesion takes one; by default those of emphysema, ground glass and consolidation. */
  readonly values?: readonly (readonly [number, number])[];
  /** How much of the way to their HU lesions go in their middle, over 0 and up to 1; [0.5, 1] by default. */
  readonly opacity?: Amount;
  /** The label map whose voxels lesions lie around; `label` by default. */
  readonly key?: string;
}

/** HU of what changes aerated lung: emphysema and bullae, ground glass, consolidation. */
const LESIONS = [
  [-1000, -950],
  [-700, -300],
  [-100, 60],
] as const;

/** A lesion: its centre by index, half axes in mm, HU, and how much of the way to them it goes. */
type Lesion = {
  readonly centre: Vec3;
  readonly radii: Vec3;
  readonly hu: number;
  readonly opacity: number;
};

/** Parameters of {@link simulateLesions}: the lesions, and the size of the volume. */
export type SimulateLesionsParams = { readonly lesions: readonly Lesion[]; readonly from: Vec3 };

/** In HU: what lies under it has air in it and can change; vessels, airways' walls and what is around the lungs stay. */
const AERATED_BELOW = -400;

/**
 * Changes the density of aerated lung in ellipsoids around voxels of a label map, as emphysema, ground glass and
 * consolidation do; labels stay as they are, so that a network learns that diseased lung is lung. What a lesion reaches
 * of other gas changes, too, and stays unlabelled. A CT in HU; softly bounded. They are
 * made one after another: what one makes denser than -400 HU the next leave. There is no inverse.
 *
 * @param options how many, how large, how dense
 * @throws InvalidArgumentError when counts are not whole or negative, radii not over 0, opacities not over 0 and up to 1, a
 *   range is upside down, or there are no values; by `sampleParams`, when the sample has no label map
 * @example
 * simulateLesions({ count: [1, 5], radius: [8, 40] });
 */
export function simulateLesions(options: SimulateLesionsOptions): Transform<SimulateLesionsParams> {
  options = copyOf(options);
  const { count, radius, values = LESIONS, opacity = [0.5, 1], key = 'label' } = options;
  assertAmount('count', count);
  if (!endsOf(count).every(Number.isInteger)) {
    throw new InvalidArgumentError(`count must be whole. Received: ${String(count)}.`);
  }
  assertAmountOver('radius', radius, 0);
  assertAmountOver('opacity', opacity, 0, 1);
  if (
    values.length === 0 ||
    !values.every(([low, high]) => Number.isFinite(low) && Number.isFinite(high) && high >= low)
  ) {
    throw new InvalidArgumentError(
      `values must be one range of HU or more, the smaller first. Received: ${JSON.stringify(values)}.`,
    );
  }
  const draw = (rng: Rng, centre: Vec3): Lesion => ({
    centre,
    radii: [drawAmount(rng, radius), drawAmount(rng, radius), drawAmount(rng, radius)],
    hu: rng.uniform(...rng.choice(values)),
    opacity: drawAmount(rng, opacity),
  });
  return {
    name: 'simulateLesions',
    options: toJson({ count, radius, values, opacity, key }),
    sampleParams: (rng, sample) => {
      const map = volumeOf(sample, key);
      const [fewest, most] = endsOf(count);
      const centres = Array.from({ length: rng.integer(fewest, most + 1) }, () => drawVoxelOf(rng, map));
      const lesions = centres.filter((centre) => centre !== undefined).map((centre) => draw(rng, centre));
      return { lesions, from: map.geometry.size };
    },
    apply: (volume, { lesions, from }) => {
      if (volume.kind === 'label') return volume;
      assertSize(volume, from);
      const data = Float32Array.from(toFastArray(volume.data));
      for (const lesion of lesions) change(data, volume.geometry, lesion);
      return { ...volume, data };
    },
  };
}

function change(
  data: Float32Array,
  { size, spacing }: Volume['geometry'],
  { centre, radii, hu, opacity }: Lesion,
): void {
  const reach = radii.map((mm, axis) => mm / spacing[axis]!);
  const from = centre.map((c, axis) => Math.max(0, Math.ceil(c - reach[axis]!)));
  const to = centre.map((c, axis) => Math.min(size[axis]! - 1, Math.floor(c + reach[axis]!)));
  for (let z = from[2]!; z <= to[2]!; z++) {
    const dz = (z - centre[2]) / reach[2]!;
    for (let y = from[1]!; y <= to[1]!; y++) {
      const dy = (y - centre[1]) / reach[1]!;
      const row = (z * size[1] + y) * size[0];
      for (let x = from[0]!; x <= to[0]!; x++) {
        const dx = (x - centre[0]) / reach[0]!;
        // 1 within half of the radius, then down to 0.
        const inside = Math.min(1, 2 * (1 - Math.sqrt(dx * dx + dy * dy + dz * dz)));
        const value = data[row + x]!;
        if (inside > 0 && value < AERATED_BELOW) data[row + x] = value + opacity * inside * (hu - value);
      }
    }
  }
}
