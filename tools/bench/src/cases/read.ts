import { join } from 'node:path';
import type { Vec3 } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { writeDicomSeries } from '@lungseg/testing';
import type { BenchCase } from '../bench-case.js';
import { noisyCt } from './noisy-ct.js';

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
    const ct = noisyCt(SIZE);
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
