import { nearestAxes, Rng, type Geometry, type Transform, type Vec3, type Volume } from '@lungseg/core';
import { voxelsBeyondEdges, type Field } from '@lungseg/inferers';
import type { ModelDescription } from '@lungseg/models';
import {
  cropToForeground,
  padToMultiple,
  reorient,
  resampleToSpacing,
  scaleIntensityRange,
  type RegionParams,
} from '@lungseg/transforms';

/** Intensities above this are body, or table: what lies outside their box is air, and not worth computing. */
const BODY_HU = -500;
/** Air kept around the body, so that the network sees where it ends. */
const MARGIN_MM = 20;
/** Small bodies are sampled at most this many times as finely: noise and slices look coarser to the network, too. */
const FINEST = 1.5;

/** A CT as the network wants it, and what it takes to come back. */
export interface PreparedImage {
  /** Scaled intensities; sizes are multiples of what the network needs. */
  readonly field: Field;
  /** The box of the body on the input's grid. */
  readonly body: RegionParams;
  /** The network's grid without padding. */
  readonly grid: Geometry;
  /** Where {@link grid} lies in {@link field}. */
  readonly padding: RegionParams;
}

/**
 * Brings a CT to the network's grid: cropped to the body's box, only to save work; turned to the model's orientation;
 * resampled to its spacing, or more finely where the body is small ({@link refinement}); scaled, with the
 * model's `leastHu` for what is darker; continued a little at each side, as its last voxels are.
 *
 * @param image in HU
 * @param description what the model was trained with, and how it is used
 * @param multiple what sizes must be multiples of
 */
export function prepare(
  image: Volume,
  { preprocessing, inference }: Pick<ModelDescription, 'preprocessing' | 'inference'>,
  multiple: Vec3,
): PreparedImage {
  const { spacing: usual, intensity, orientation } = preprocessing;
  const margin = image.geometry.spacing.map((mm) => Math.ceil(MARGIN_MM / mm)) as unknown as Vec3;
  const crop = cropToForeground({ above: BODY_HU, margin });
  const body = paramsFor(crop, image);
  const finer = refinement(image.geometry, body, margin, inference.leastBodyDepth);
  const spacing = usual.map((mm) => mm / finer) as unknown as Vec3;
  const scale = scaleIntensityRange({ ...above(inference.leastHu, intensity), clip: true });
  const resampled = resampleToSpacing(reorient(crop.apply(image, body), orientation), spacing);
  const scaled = scale.apply(resampled, null);
  const pad = padToMultiple({ multiple, margin: voxelsBeyondEdges(usual), fill: 'clamp' });
  const padding = paramsFor(pad, scaled);
  const padded = pad.apply(scaled, padding);
  return {
    field: { data: padded.data as Float32Array, size: padded.geometry.size },
    body,
    grid: scaled.geometry,
    padding,
  };
}

type Intensity = ModelDescription['preprocessing']['intensity'];

/** The same scale, from a HU on that is within it. */
function above(leastHu: number | undefined, { from, to }: Intensity): Intensity {
  if (leastHu === undefined) return { from, to };
  const least = to[0] + ((leastHu - from[0]) * (to[1] - to[0])) / (from[1] - from[0]);
  return { from: [leastHu, from[1]], to: [least, to[1]] };
}

/**
 * How many times as finely as usual a body is sampled: so that it is as many voxels thick, from front to back, as one of
 * the least depth; once where it is thicker, or where the image ends within the margin in front of or behind it, since an
 * adult cut there is no child. See docs/decisions/0019-small-bodies-on-a-finer-grid.md.
 */
function refinement(
  { direction, size, spacing }: Geometry,
  body: RegionParams,
  margin: Vec3,
  leastDepth: number | undefined,
): number {
  if (leastDepth === undefined) return 1;
  const axis = nearestAxes(direction).findIndex(({ world }) => world === 1);
  const start = body.start[axis]!;
  const end = start + body.size[axis]!;
  if (start <= 0 || end >= size[axis]!) return 1;
  const depth = (end - start - 2 * margin[axis]!) * spacing[axis]!;
  return Math.min(FINEST, Math.max(1, leastDepth / depth));
}

/** Parameters of a crop or pad that draws nothing: they follow from the volume. */
export function paramsFor(transform: Transform<RegionParams>, volume: Volume): RegionParams {
  return transform.sampleParams(new Rng(0), { volume });
}
