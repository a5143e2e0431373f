import { gzipSync } from 'node:zlib';
import { geometryToRasAffine, type Rng, type Volume } from '@lungseg/core';
import { encodeNifti } from '../../nifti-writer.js';
import { huVolume } from '../volumes.js';
import { gzipBomb, gzipBombOfOneMember } from './bombs.js';
import { CaseList, edited, joined, type MalformedCase } from './damage.js';

const FLOATS = [Number.NaN, Infinity, -Infinity, 0, -1, 1e30, 1e-30];

/** A whole NIfTI-1 file. */
export function nifti1Of(volume: Volume): Uint8Array {
  const { header, voxels } = encodeNifti(volume);
  return joined(header, voxels);
}

/** A whole NIfTI-2 file of int16, with a sform alone. */
export function nifti2Of(volume: Volume): Uint8Array {
  const { header: first, voxels } = encodeNifti(volume);
  const header = edited(new Uint8Array(544), (view, bytes) => {
    view.setInt32(0, 540, true);
    bytes.set(new TextEncoder().encode('n+2\0\r\n\x1a\n'), 4);
    view.setInt16(12, new DataView(first.buffer).getInt16(70, true), true);
    view.setInt16(14, 16, true);
    [3, ...volume.geometry.size, 1, 1, 1, 1].forEach((n, i) => view.setBigInt64(16 + 8 * i, BigInt(n), true));
    [1, ...volume.geometry.spacing].forEach((mm, i) => view.setFloat64(104 + 8 * i, mm, true));
    view.setBigInt64(168, 544n, true);
    view.setFloat64(176, 1, true);
    view.setInt32(348, 1, true);
    geometryToRasAffine(volume.geometry)
      .slice(0, 12)
      .forEach((value, i) => view.setFloat64(400 + 8 * i, value, true));
    view.setInt32(500, 2, true);
  });
  return joined(header, voxels);
}

/** Damaged NIfTI: plain and packed, version 1 and 2. */
export function niftiCases(rng: Rng): MalformedCase[] {
  const volume = huVolume({ origin: [-10, 20, 30] });
  return [
    ...plain1(nifti1Of(volume), rng),
    ...plain2(nifti2Of(volume), rng),
    ...packed(nifti1Of(volume), rng),
  ];
}

function plain1(whole: Uint8Array, rng: Rng): MalformedCase[] {
  const list = new CaseList('NIfTI-1', (bytes) => [{ name: 'image.nii', bytes }]);
  const boundaries = { 'the start': 0, dim: 40, datatype: 70, pixdim: 76, vox_offset: 108, quatern: 256 };
  list.cutAt(whole, {
    ...boundaries,
    ...{
      srow: 280,
      magic: 344,
      'the end of the header': 348,
      'the voxels': 352,
      'the end': whole.length - 1,
    },
  });
  list.flipBits(whole, rng, 90, [0, 348]);
  const int16 = (name: string, offset: number, value: number): void =>
    list.add(`${name} ${value}`, () => edited(whole, (view) => view.setInt16(offset, value, true)));
  for (const value of [-32768, -1, 0, 8, 32767]) int16('dim[0]', 40, value);
  for (const axis of [1, 2, 3])
    for (const value of [-32768, -1, 0, 32767]) int16(`dim[${axis}]`, 40 + 2 * axis, value);
  for (const code of [-1, 0, 1, 3, 32, 128, 1536, 1792, 2048, 2304, 9999]) int16('datatype', 70, code);
  for (const value of [Number.NaN, Infinity, -1, 0, 347, 1e30, 352.5, 5000]) {
    list.add(`vox_offset ${value}`, () => edited(whole, (view) => view.setFloat32(108, value, true)));
  }
  list.add('dim 32767 x 32767 x 32767', () => sized(whole, [32767, 32767, 32767]));
  list.add('dim 2048 x 2048 x 511, float64', () =>
    edited(sized(whole, [2048, 2048, 511]), (view) => view.setInt16(70, 64, true)),
  );
  affines(list, whole);
  list.add('a sform of two axes alike', () =>
    edited(whole, (view) => [280, 284].forEach((at) => view.setFloat32(at, 1, true))),
  );
  list.add('a magic of its own', () => edited(whole, (_, bytes) => bytes.set([0, 0, 0, 0], 344)));
  list.add('the magic of a pair', () => edited(whole, (_, bytes) => bytes.set([0x6e, 0x69, 0x31, 0], 344)));
  list.add('units of metres', () => edited(whole, (view) => view.setUint8(123, 1)));
  list.add('voxels of NaN', () => {
    const image = huVolume();
    return nifti1Of({ ...image, data: Float32Array.from(image.data, () => Number.NaN) });
  });
  return list.cases;
}

function sized(whole: Uint8Array, size: readonly number[]): Uint8Array {
  return edited(whole, (view) => size.forEach((n, axis) => view.setInt16(42 + 2 * axis, n, true)));
}

/** Numbers of the affine that are none, or make none. */
function affines(list: CaseList, whole: Uint8Array): void {
  for (const value of [Number.NaN, Infinity, -Infinity, 1e30]) {
    for (const at of [280, 292, 300, 324]) {
      list.add(`srow byte ${at} ${value}`, () => edited(whole, (view) => view.setFloat32(at, value, true)));
    }
  }
  const withoutSform = edited(whole, (view) => view.setInt16(254, 0, true));
  for (const value of FLOATS) {
    for (const axis of [1, 2, 3]) {
      const make = () => edited(withoutSform, (view) => view.setFloat32(76 + 4 * axis, value, true));
      // Absurdly large, but a length.
      list.add(`pixdim[${axis}] ${value} under a qform`, make, value !== 1e30 && value !== 1e-30);
    }
  }
  for (const value of [Number.NaN, Infinity, 2, -1.5]) {
    list.add(`quatern_b ${value}`, () => edited(withoutSform, (view) => view.setFloat32(256, value, true)));
  }
  for (const value of [Number.NaN, -Infinity])
    list.add(`qoffset_x ${value}`, () => edited(withoutSform, (view) => view.setFloat32(268, value, true)));
  list.add('a sform of zeros', () => edited(whole, (_, bytes) => bytes.fill(0, 280, 328)));
  list.add('a sheared sform', () => edited(whole, (view) => view.setFloat32(284, 3, true)));
}

function plain2(whole: Uint8Array, rng: Rng): MalformedCase[] {
  const list = new CaseList('NIfTI-2', (bytes) => [{ name: 'image.nii', bytes }]);
  const boundaries = { magic: 4, dim: 16, pixdim: 104, srow: 400, 'the end of the header': 540 };
  list.cutAt(whole, { ...boundaries, 'the voxels': 544, 'the end': whole.length - 1 });
  list.flipBits(whole, rng, 40, [0, 540]);
  const sizes = [-(2n ** 63n), -1n, 0n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n];
  for (const axis of [0, 1, 2, 3]) {
    for (const value of sizes)
      list.add(`dim[${axis}] ${value}`, () =>
        edited(whole, (view) => view.setBigInt64(16 + 8 * axis, value, true)),
      );
  }
  for (const value of sizes)
    list.add(`vox_offset ${value}`, () => edited(whole, (view) => view.setBigInt64(168, value, true)));
  for (const value of [Number.NaN, Infinity, 1e300])
    list.add(`srow_x[0] ${value}`, () => edited(whole, (view) => view.setFloat64(400, value, true)));
  return list.cases;
}

function packed(whole: Uint8Array, rng: Rng): MalformedCase[] {
  const list = new CaseList('NIfTI gzip', (bytes) => [{ name: 'image.nii.gz', bytes }]);
  const gz = new Uint8Array(gzipSync(whole));
  const end = gz.byteLength;
  list.cutAt(gz, {
    'the start': 0,
    'the gzip header': 10,
    middle: end >> 1,
    checksum: end - 8,
    length: end - 4,
    'the end': end,
  });
  list.flipBits(gz, rng, 50, [0, end]);
  list.add('a text', () => new TextEncoder().encode('not an image, but a text that is long enough'));
  list.add('a text, packed', () => new Uint8Array(gzipSync('not an image, but a text')));
  list.add('packed twice', () => new Uint8Array(gzipSync(gz)));
  list.add('packed, and cut before', () => new Uint8Array(gzipSync(whole.slice(0, 400))));
  list.add('an empty stream', () => new Uint8Array(gzipSync('')));
  const huge = (size: readonly number[], type: number): Uint8Array =>
    edited(sized(whole, size), (view) => view.setInt16(70, type, true)).slice(0, 352);
  list.add('4 GB promised in 1 KB', () => new Uint8Array(gzipSync(huge([2048, 2048, 511], 4))));
  list.add('16 GB of zeros, as promised', () => gzipBomb(huge([2048, 2048, 511], 64), 16384));
  list.add('2 GB of zeros, as promised', () => gzipBomb(huge([1024, 1024, 1023], 4), 2048));
  list.add('8 GB of zeros behind the voxels', () => gzipBomb(whole, 8192));
  list.add('2 GB of zeros alone', () => gzipBombOfOneMember(2048));
  list.add('voxels that begin after 4 GB of zeros', () =>
    gzipBomb(
      edited(whole, (view) => view.setFloat32(108, 2 ** 32, true)),
      4200,
    ),
  );
  return list.cases;
}
