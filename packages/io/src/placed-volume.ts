import {
  createGeometry,
  createVolume,
  InvalidArgumentError,
  rasAffineToGeometry,
  ReadError,
  UnsupportedError,
  type Affine,
  type Geometry,
  type Vec3,
  type Volume,
  type VolumeKind,
  type VoxelArray,
} from '@lungseg/core';

/**
 * The geometry of a RAS+ affine that a file holds.
 *
 * @param name the file's name, for messages
 * @throws UnsupportedError when its axes are sheared
 */
export function geometryOfAffine(name: string, affine: Affine, size: Vec3): Geometry {
  try {
    return rasAffineToGeometry(affine, size);
  } catch (cause) {
    throw sheared(name, cause);
  }
}

/** As {@link geometryOfAffine}, of spacing, origin and direction. */
export function geometryOfParts(name: string, parts: Geometry): Geometry {
  const { spacing, origin } = parts;
  if (![...spacing, ...origin].every(Number.isFinite) || !spacing.every((length) => length > 1e-6)) {
    throw new ReadError(
      name,
      `${name} is damaged: its spacing should be positive and its origin finite. Received: ${spacing.join(', ')} mm and ${origin.join(', ')}. Copy or export it again.`,
    );
  }
  try {
    return createGeometry(parts);
  } catch (cause) {
    throw sheared(name, cause);
  }
}

function sheared(name: string, cause: unknown): unknown {
  if (!(cause instanceof InvalidArgumentError)) return cause;
  return new UnsupportedError(
    `${name} has axes that are not at right angles. lungseg needs them so: resample the image onto an orthogonal grid first.`,
    { cause },
  );
}

/** No image has voxels below a nanometre or above ten metres, or lies farther than a kilometre from where its scanner is, in mm. */
const MINIMUM_SPACING = 1e-6;
const MAXIMUM_SPACING = 1e4;
const MAXIMUM_POSITION = 1e6;

/**
 * A volume of the voxels that a file holds, after checking that each is a finite number, and that they lie where an
 * image can.
 *
 * @throws ReadError when voxels are NaN or infinite, or their spacing or place is absurd
 */
export function volumeOfVoxels(
  name: string,
  data: VoxelArray,
  geometry: Geometry,
  kind: VolumeKind = 'intensity',
): Volume {
  const { spacing, origin } = geometry;
  if (
    spacing.some((length) => length < MINIMUM_SPACING || length > MAXIMUM_SPACING) ||
    origin.some((place) => Math.abs(place) > MAXIMUM_POSITION)
  ) {
    throw new ReadError(
      name,
      `${name} is damaged: its spacing should be from ${MINIMUM_SPACING} to ${MAXIMUM_SPACING} mm and its origin within ${MAXIMUM_POSITION} mm. Received: ${spacing.join(' x ')} mm at ${origin.join(', ')}. Copy or export it again.`,
    );
  }
  if (data instanceof Float32Array || data instanceof Float64Array) {
    let wrong = 0;
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) wrong++;
    if (wrong > 0) {
      throw new ReadError(
        name,
        `${name} holds ${wrong === 1 ? '1 voxel that is' : `${wrong} voxels that are`} NaN or infinite. Replace ${wrong === 1 ? 'it' : 'them'} first, in a CT by -1024 HU.`,
      );
    }
  }
  return createVolume(data, geometry, kind);
}
