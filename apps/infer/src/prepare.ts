import { Rng, type Geometry, type Transform, type Vec3, type Volume } from '@lungseg/core';
import type { Field } from '@lungseg/inferers';
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
/** How far each side of the scan goes on, as its nearest voxels are, along x, y, z: a lung may go on, too. */
const BEYOND_MM: Vec3 = [24, 24, 48];

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
 * resampled to its spacing; scaled; continued a little at each side, as its last voxels are.
 *
 * @param image in HU
 * @param preprocessing what the model was trained with
 * @param multiple what sizes must be multiples of
 */
export function prepare(
  image: Volume,
  preprocessing: ModelDescription['preprocessing'],
  multiple: Vec3,
): PreparedImage {
  const { spacing, intensity, orientation } = preprocessing;
  const margin = image.geometry.spacing.map((mm) => Math.ceil(MARGIN_MM / mm)) as unknown as Vec3;
  const crop = cropToForeground({ above: BODY_HU, margin });
  const body = paramsFor(crop, image);
  const scale = scaleIntensityRange({ ...intensity, clip: true });
  const resampled = resampleToSpacing(reorient(crop.apply(image, body), orientation), spacing);
  const scaled = scale.apply(resampled, null);
  const beyond = spacing.map((mm, axis) => Math.ceil(BEYOND_MM[axis]! / mm)) as unknown as Vec3;
  const pad = padToMultiple({ multiple, margin: beyond, fill: 'clamp' });
  const padding = paramsFor(pad, scaled);
  const padded = pad.apply(scaled, padding);
  return {
    field: { data: padded.data as Float32Array, size: padded.geometry.size },
    body,
    grid: scaled.geometry,
    padding,
  };
}

/** Parameters of a crop or pad that draws nothing: they follow from the volume. */
export function paramsFor(transform: Transform<RegionParams>, volume: Volume): RegionParams {
  return transform.sampleParams(new Rng(0), { volume });
}
