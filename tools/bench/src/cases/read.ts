import { join } from 'node:path';
import { createGeometry, createVolume, Rng, type Vec3, type Volume } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import type { BenchCase } from '../bench-case.js';
import { writeDicomSeries } from '@lungseg/testing';

const SIZE: Vec3 = [512, 512, 300];

/** Level 6 is what gzip and most tools use. */
const COMPRESSION_LEVEL = 6;

/** Reading of one CT from NIfTI and from DICOM, beside SimpleITK's readers. */
export const read: BenchCase = {
  name: 'read',
  title: 'Reading',
  about: 'A CT with the noise of one, whole into memory, from files that the system has in its cache.',
  contenders: ['read-lungseg.js', 'read.py'],
  prepare: async (folder, say) => {
    const what = SIZE.join(' x ');
    say(`writing a CT of ${what} ...`);
    const nifti = join(folder, 'ct.nii.gz');
    const signed = join(folder, 'signed');
    const twelveBits = join(folder, '12-bit');
    const ct = noisyCt();
    await writeVolume(nifti, ct, { compressionLevel: COMPRESSION_LEVEL });
    await writeDicomSeries(signed, ct, 'signed');
    await writeDicomSeries(twelveBits, ct, '12-bit');
    return [
      { what: `${what} from .nii.gz`, request: nifti },
      { what: `${what} from ${SIZE[2]} DICOM files, HU as they are`, request: signed },
      { what: `${what} from ${SIZE[2]} DICOM files, 12 bits to be shifted`, request: twelveBits },
    ];
  },
};

/** A body in air with the noise of a CT, since how fast a file unpacks depends on what is in it. */
function noisyCt(): Volume<Int16Array> {
  const rng = new Rng(1);
  const noise = Int16Array.from({ length: 65521 }, () => Math.round(rng.normal(0, 15)));
  const [nx, ny, nz] = SIZE;
  const data = new Int16Array(nx * ny * nz);
  let n = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const x = i / nx - 0.5;
        const y = j / ny - 0.5;
        const inBody = x * x + 2 * y * y < 0.2;
        const inLung = (Math.abs(x) - 0.2) ** 2 * 2 + y * y < 0.03;
        data[n] = (inLung ? -850 : inBody ? 40 : -1000) + noise[(n * 7 + k) % noise.length]!;
      }
    }
  }
  return createVolume(data, createGeometry({ size: SIZE, spacing: [0.7, 0.7, 1] }));
}
