import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Vec3 } from '@lungseg/core';
import { writeDicomSeries } from '@lungseg/testing';
import type { BenchCase, Task } from '../bench-case.js';
import { noisyCt } from './noisy-ct.js';

const SIZE: Vec3 = [512, 512, 200];

/** All without loss, as CTs are kept. */
const SYNTAXES: Readonly<Record<string, string>> = {
  'JPEG lossless': '1.2.840.10008.1.2.4.70',
  'JPEG-LS': '1.2.840.10008.1.2.4.80',
  'JPEG 2000': '1.2.840.10008.1.2.4.90',
  RLE: '1.2.840.10008.1.2.5',
};

const COMPRESS = resolve(import.meta.dirname, '../../peers/compress.py');

/** Reading of one CT from compressed DICOM, beside SimpleITK's reader. */
export const readCompressed: BenchCase = {
  name: 'read-compressed',
  title: 'Reading compressed DICOM',
  about: 'The same CT, of 12 bits, compressed without loss by GDCM, whole into memory.',
  contenders: ['read-lungseg.js', 'read.py'],
  prepare: async (folder, say) => {
    const python = process.env['LUNGSEG_PYTHON'];
    if (python === undefined) {
      say('left out: LUNGSEG_PYTHON names no Python, whose python-gdcm makes the files.');
      return [];
    }
    say(`writing and compressing a CT of ${SIZE.join(' x ')} ...`);
    const plain = join(folder, 'plain');
    await writeDicomSeries(plain, noisyCt(SIZE), '12-bit');
    const tasks: Task[] = [];
    for (const [name, syntax] of Object.entries(SYNTAXES)) {
      const compressed = join(folder, syntax);
      const { status, stderr } = spawnSync(python, [COMPRESS, plain, compressed, syntax], {
        encoding: 'utf8',
      });
      if (status === 0)
        tasks.push({
          what: `${SIZE.join(' x ')} from ${SIZE[2]} DICOM files, ${name}`,
          request: compressed,
        });
      else say(`without ${name}: ${stderr.trim().split('\n').at(-1)}`);
    }
    return tasks;
  },
};
