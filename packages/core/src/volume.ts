import { ShapeError } from './errors.js';
import { voxelCount, type Geometry } from './geometry.js';

/** The arrays in which voxels are kept. */
export type VoxelArray =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** What voxels mean: quantities, which may be interpolated and scaled, or numbers of classes, which may not. */
export type VolumeKind = 'intensity' | 'label';

/**
 * A 3-D image of one channel: voxels with their place in the patient.
 *
 * Voxel (i, j, k) is `data[(k * size[1] + j) * size[0] + i]`: i runs fastest, as in ITK and NIfTI, so the
 * same array read as a tensor has the shape [D, H, W] = [size z, size y, size x]. A volume is never changed in place.
 */
export interface Volume<A extends VoxelArray = VoxelArray> {
  readonly data: A;
  readonly geometry: Geometry;
  readonly kind: VolumeKind;
}

/**
 * Makes a volume, and checks that the number of voxels fits its geometry.
 *
 * @param data the voxels, i fastest; kept, not copied
 * @param geometry where they lie
 * @param kind what they mean; intensities by default
 * @throws ShapeError when the number of voxels differs from the geometry's
 * @example
 * createVolume(new Int16Array(8), createGeometry({ size: [2, 2, 2] }));
 */
export function createVolume<A extends VoxelArray>(
  data: A,
  geometry: Geometry,
  kind: VolumeKind = 'intensity',
): Volume<A> {
  if (data.length !== voxelCount(geometry)) {
    throw new ShapeError(
      `A volume of ${geometry.size.join(' x ')} needs ${voxelCount(geometry)} voxels. Received: ${data.length}.`,
    );
  }
  return { data, geometry, kind };
}

/** The same voxels in the same place, as a Float32Array; the volume itself where it holds one already. */
export function toFloat32(volume: Volume): Volume<Float32Array> {
  return volume.data instanceof Float32Array
    ? (volume as Volume<Float32Array>)
    : { ...volume, data: Float32Array.from(volume.data) };
}
