import { ReadError, type Affine, type Vec3 } from '@lungseg/core';

/** The fields of a NIfTI header that place the image. */
export interface NiftiAxes {
  readonly sformCode: number;
  readonly qformCode: number;
  /** The first three rows of the sform, row by row. */
  readonly srow: readonly number[];
  /** b, c, d of the qform's quaternion. */
  readonly quaternion: readonly number[];
  /** The qform's translation. */
  readonly offset: readonly number[];
  /** 1, or -1 where the qform's third axis is turned round. */
  readonly qfac: 1 | -1;
  /** pixdim[1] to pixdim[3]. */
  readonly spacing: readonly number[];
}

/**
 * The RAS+ affine by nibabel's rule: the sform where its code is positive, else the qform, else pixdim alone with the
 * image's centre at 0 and x running to the left.
 *
 * @throws ReadError when the chosen transform has numbers that aren't finite, or an axis without length
 * @see https://nipy.org/nibabel/nifti_images.html#choosing-the-image-affine
 */
export function niftiAffine(
  name: string,
  size: Vec3,
  axes: NiftiAxes,
): { affine: Affine; affineFrom: 'sform' | 'qform' | 'pixdim' } {
  const affineFrom = axes.sformCode > 0 ? 'sform' : axes.qformCode > 0 ? 'qform' : 'pixdim';
  const affine =
    affineFrom === 'sform'
      ? [...axes.srow, 0, 0, 0, 1]
      : affineFrom === 'qform'
        ? qformAffine(name, axes)
        : pixdimAffine(size, axes);
  if (!affine.every(Number.isFinite)) {
    throw new ReadError(
      name,
      `${name} is damaged: its ${affineFrom} should hold finite numbers of mm. Received: ${affine.slice(0, 12).join(', ')}. Copy or export it again.`,
    );
  }
  for (const column of [0, 1, 2] as const) {
    const length = Math.hypot(affine[column]!, affine[column + 4]!, affine[column + 8]!);
    if (!(length > 1e-6)) {
      // Of a length that can't be, the affine has made 0.
      const said = affineFrom === 'sform' ? length : axes.spacing[column]!;
      throw new ReadError(
        name,
        `${name} is damaged: its spacing along ${'xyz'[column]} should be positive, its ${affineFrom} says ${said} mm. Copy or export it again.`,
      );
    }
  }
  return { affine, affineFrom };
}

/** @see https://nifti.nimh.nih.gov/nifti-1/documentation/nifti1fields/nifti1fields_pages/quatern.html */
function qformAffine(name: string, { quaternion, offset, qfac, spacing }: NiftiAxes): Affine {
  let [b, c, d] = quaternion as [number, number, number];
  const rest = 1 - (b * b + c * c + d * d);
  // Rounding to float32 may leave a little more than 1; the quaternion is then brought back to length 1.
  if (rest < -1e-3) {
    throw new ReadError(
      name,
      `${name} is damaged: its qform's quaternion should have a length of at most 1. Received: ${b}, ${c}, ${d}. Copy or export it again.`,
    );
  }
  const a = Math.sqrt(Math.max(rest, 0));
  const norm = Math.hypot(a, b, c, d);
  [b, c, d] = [b / norm, c / norm, d / norm];
  const columns = rotationOfQuaternion(a / norm, b, c, d);
  const lengths = [spacing[0]!, spacing[1]!, qfac * spacing[2]!];
  // A negative pixdim has no meaning but a damaged file's; the check on length would let it pass.
  const scale = (column: number): number => (spacing[column]! > 0 ? lengths[column]! : 0);
  return [
    ...[0, 1, 2].flatMap((row) => [
      ...[0, 1, 2].map((column) => columns[row * 3 + column]! * scale(column)),
      offset[row]!,
    ]),
    ...[0, 0, 0, 1],
  ];
}

/** The rotation matrix, row by row, of a quaternion of length 1. */
function rotationOfQuaternion(a: number, b: number, c: number, d: number): number[] {
  return [
    a * a + b * b - c * c - d * d,
    2 * (b * c - a * d),
    2 * (b * d + a * c),
    2 * (b * c + a * d),
    a * a + c * c - b * b - d * d,
    2 * (c * d - a * b),
    2 * (b * d - a * c),
    2 * (c * d + a * b),
    a * a + d * d - c * c - b * b,
  ];
}

function pixdimAffine(size: Vec3, { spacing }: NiftiAxes): Affine {
  const [x, y, z] = spacing.map((length) => (length > 0 ? length : 0)) as [number, number, number];
  const centre = (axis: number, length: number): number => ((size[axis]! - 1) / 2) * length;
  return [-x, 0, 0, centre(0, x), 0, y, 0, -centre(1, y), 0, 0, z, -centre(2, z), 0, 0, 0, 1];
}

/**
 * The quaternion (a, b, c, d), a not negative, of a rotation matrix given row by row.
 *
 * The largest of the four is taken from the diagonal, so that no small number is divided by.
 */
export function quaternionOfRotation(m: readonly number[]): [number, number, number, number] {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = squares.indexOf(Math.max(...squares));
  const root = Math.sqrt(squares[largest]!);
  const rows = [
    [root * root, zy - yz, xz - zx, yx - xy],
    [zy - yz, root * root, yx + xy, zx + xz],
    [xz - zx, yx + xy, root * root, zy + yz],
    [yx - xy, zx + xz, zy + yz, root * root],
  ] as const;
  const quaternion = rows[largest]!.map((value) => value / (2 * root));
  const sign = quaternion[0]! < 0 ? -1 : 1;
  const norm = Math.hypot(...quaternion) * sign;
  return quaternion.map((value) => value / norm) as [number, number, number, number];
}
