import { ReadError, UnsupportedError, type Vec3 } from '@lungseg/core';

/** More voxels than any array of float32 that one process can hold and work on. */
const MAXIMUM_VOXELS = 2 ** 31;

/**
 * The size of a volume from what a header says: three axes, and more only where they hold one element.
 *
 * @param name the file's name, for messages
 * @param sizes the header's sizes, i first, any number of them
 * @throws ReadError when one of them is not positive, or the image has no third axis
 * @throws UnsupportedError when there are several volumes, or more voxels than memory could hold
 */
export function checkSize(name: string, sizes: readonly number[]): Vec3 {
  const text = sizes.join(' x ');
  if (!sizes.every((n) => Number.isInteger(n) && n > 0)) {
    throw new ReadError(
      name,
      `${name} is damaged: its sizes should be positive. Received: ${text}. Copy or download it again.`,
    );
  }
  const [x, y = 1, z = 1, ...others] = sizes;
  const volumes = others.reduce((a, b) => a * b, 1);
  if (volumes > 1) {
    throw new UnsupportedError(
      `${name} holds ${volumes} volumes: ${text}. lungseg needs a single one: extract it first.`,
    );
  }
  if (z === 1) {
    throw new ReadError(
      name,
      `${name} is a 2-D image: ${x} x ${y} x ${z}. lungseg needs a volume of several slices.`,
    );
  }
  if (x! * y * z > MAXIMUM_VOXELS) {
    throw new UnsupportedError(
      `${name} promises ${text} voxels. lungseg reads at most ${MAXIMUM_VOXELS}: crop or resample it first.`,
    );
  }
  return [x!, y, z];
}
