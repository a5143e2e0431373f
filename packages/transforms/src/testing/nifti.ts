import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createVolume, rasAffineToGeometry, type Volume } from '@lungseg/core';

/** A .nii.gz label map of bytes, by its sform: as much of NIfTI as the reference masks need. */
export function readMask(file: string): Volume<Uint8Array> {
  const bytes = gunzipSync(readFileSync(file));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = [42, 44, 46].map((at) => view.getInt16(at, true)) as [number, number, number];
  const [datatype, sform] = [view.getInt16(70, true), view.getInt16(254, true)];
  if (datatype !== 2 || sform === 0) throw new Error(`${file} must have bytes and an sform`);
  const affine = Array.from({ length: 12 }, (_, n) => view.getFloat32(280 + 4 * n, true));
  const start = view.getFloat32(108, true);
  const data = new Uint8Array(bytes.subarray(start, start + size[0] * size[1] * size[2]));
  return createVolume(data, rasAffineToGeometry([...affine, 0, 0, 0, 1], size), 'label');
}
