import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createGeometry, createVolume, Rng, type Vec3, type Volume } from '@lungseg/core';
import { readVolume, writeVolume } from '@lungseg/io';
import { writeDicomSeries } from './write-dicom-series.js';
import { measure, type Bench, type BenchContext, type Measurement, type Timing } from './measurement.js';

const SIZE: Vec3 = [512, 512, 300];

/** Level 6 is what gzip and most tools use. */
const COMPRESSION_LEVEL = 6;

/** Reading of one CT from NIfTI and from DICOM, beside SimpleITK's readers. */
export const benchReading: Bench = async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'lungseg-bench-'));
  try {
    context.say(`read: writing a CT of ${SIZE.join(' x ')} in two formats ...`);
    const nifti = join(folder, 'ct.nii.gz');
    const series = join(folder, 'dicom');
    const ct = noisyCt();
    await writeVolume(nifti, ct, { compressionLevel: COMPRESSION_LEVEL });
    await writeDicomSeries(series, ct);
    return [
      await compare(context, `${SIZE.join(' x ')} from .nii.gz`, nifti),
      await compare(context, `${SIZE.join(' x ')} from ${SIZE[2]} DICOM files`, series),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function compare(context: BenchContext, what: string, path: string): Promise<Measurement> {
  const lungseg = await measure(context.repeats, () => readVolume(path));
  const peers = await readWithPeers(context, path);
  return { bench: 'read', what, timings: { lungseg, ...peers } };
}

async function readWithPeers(
  { python, repeats, say }: BenchContext,
  path: string,
): Promise<Record<string, Timing>> {
  if (python === undefined) return {};
  const script = resolve(import.meta.dirname, '../peers/read.py');
  try {
    const { stdout } = await promisify(execFile)(python, [script, path, String(repeats)]);
    return JSON.parse(stdout) as Record<string, Timing>;
  } catch (error) {
    say(`read: no figures of others: ${(error as Error).message.trim().split('\n').at(-1)}`);
    return {};
  }
}

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
