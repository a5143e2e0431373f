import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decode } from 'fast-png';
import { choosePrecision, selectBackend } from '@lungseg/backend';
import {
  createGeometry,
  createVolume,
  geometryToRasAffine,
  type Mat3,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { readVolume, writeVolume } from '@lungseg/io';
import { dice } from '@lungseg/metrics';
import { cropRegion, reorient } from '@lungseg/transforms';
import { app, demo, demoReference, infer, PLAIN, sharedData, withModel } from './testing/infer-command.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-infer-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('input that cannot be used', () => {
  const tiny = createVolume(
    Int16Array.from({ length: 4096 }, (_, n) => (n * 7919) % 1000),
    createGeometry({ size: [16, 16, 16] }),
  );

  test.each<[string, string, (path: string) => Promise<unknown>]>([
    ['a text file named .nii.gz', 'text.nii.gz', (path) => writeFile(path, 'not an image\n')],
    ['a text file packed with gzip', 'packed.nii.gz', (path) => writeFile(path, gzipSync('not an image\n'))],
    [
      'a truncated .nii.gz',
      'cut.nii.gz',
      async (path) => {
        await writeVolume(path, tiny);
        const bytes = await readFile(path);
        await writeFile(path, bytes.subarray(0, bytes.length >> 1));
      },
    ],
    ['a path where nothing is', 'missing.nii.gz', () => Promise.resolve()],
    ['an empty folder', 'empty', (path) => mkdir(path)],
    [
      'an image of one slice',
      'flat.nii.gz',
      (path) => writeVolume(path, cropRegion(tiny, [0, 0, 0], [16, 16, 1])),
    ],
  ])('%s: exit code 1, one line on stderr, no file left', async (_name, name, make) => {
    const place = join(folder, `bad-${name}`);
    await mkdir(place);
    await make(join(place, name));
    const before = await readdir(place);
    const outputs = ['--output=mask.nii.gz', '--json=report.json', '--preview=p.png', '--report=r.html'];
    const { code, stderr } = await infer(place, `--input=${name}`, ...outputs);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(name);
    expect(code).toBe(1);
    expect(await readdir(place)).toEqual(before);
  });

  test('a model that is not there: exit code 1, one line', async () => {
    const input = join(folder, 'tiny.nii.gz');
    await writeVolume(input, tiny);
    const options = ['--output=m.nii.gz', '--model=no-such-model', '--backend=cpu', '--assume-hu', '--quiet'];
    const { code, stderr } = await infer(folder, `--input=${input}`, ...options);
    expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining('no-such-model')]]);
  });

  test('a DICOM segmentation of a NIfTI file: exit code 1, one line, no file left', async () => {
    const place = join(folder, 'no-series');
    await mkdir(place);
    await writeVolume(join(place, 'ct.nii.gz'), tiny);
    const { code, stderr } = await infer(
      place,
      '--input=ct.nii.gz',
      '--output=lungs.dcm',
      '--assume-hu',
      '--quiet',
    );
    const message = expect.stringContaining('must have a DICOM series as its source. Received: nifti input.');
    expect([code, stderr.trim().split('\n')]).toEqual([1, [message]]);
    expect(await readdir(place)).toEqual(['ct.nii.gz']);
  });

  test.each([
    [500, 'is 8 m wide, by its spacing of 500 x 500 x 500 mm'],
    [1e-4, 'is 0.0016 mm wide, by its spacing of 0.0001 x 0.0001 x 0.0001 mm'],
  ])('voxels of %d mm: exit code 1, one line that says how large the image is', async (mm, message) => {
    const input = join(folder, 'units.nii.gz');
    const geometry = createGeometry({ size: [16, 16, 16], spacing: [mm, mm, mm] });
    await writeVolume(input, { ...tiny, geometry });
    const options = ['--output=m.nii.gz', '--backend=cpu', '--assume-hu', '--quiet'];
    const { code, stderr } = await infer(folder, `--input=${input}`, ...options);
    expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining(message)]]);
  });

  test('bad usage: exit code 2', async () => {
    const { code, stderr } = await infer(folder, '--input=tiny.nii.gz');
    expect(code).toBe(2);
    expect(stderr).toContain("required option '--output <file>' not specified");
  });
});

describe('the demo CT', () => {
  withModel('gives a mask like its reference, statistics, a preview and a report', async () => {
    const files = ['--output=out/mask.nii.gz', '--json=out/report.json', '--preview=out/preview.png'];
    const page = '--report=out/report.html';
    const { code, stdout, stderr } = await infer(folder, `--input=${demo}`, ...files, page);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Research use only. Not for clinical use.');
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([
      'mask.nii.gz',
      'preview.png',
      'report.html',
      'report.json',
    ]);

    const { volume: image } = await readVolume(demo);
    const { volume: mask } = await readVolume(join(folder, 'out/mask.nii.gz'), { kind: 'label' });
    const { volume: reference } = await readVolume(demoReference, { kind: 'label' });
    expectSameAffine(mask, image);
    expect(dice(mask, reference)).toBeGreaterThan(0.95);

    const report = JSON.parse(await readFile(join(folder, 'out/report.json'), 'utf8')) as {
      statistics: { total: { volumeMl: number }; right: { volumeMl: number }; left: { volumeMl: number } };
      input: { size: number[] };
    };
    const { total, right, left } = report.statistics;
    expect(total.volumeMl).toBeCloseTo(right.volumeMl + left.volumeMl, 3);
    expect(report.input.size).toEqual([...image.geometry.size]);
    expect(decode(await readFile(join(folder, 'out/preview.png'))).width).toBeGreaterThan(1500);
    expect(await readFile(join(folder, 'out/report.html'), 'utf8')).toContain(
      `<td>${total.volumeMl.toFixed(0)}</td>`,
    );
  });

  withModel('gives the same mask in place when flipped, stored along other axes, and turned', async () => {
    const { volume } = await readVolume(demo);
    const [nx, ny] = volume.geometry.size;
    const part = cropRegion(volume, [0, 0, 60], [nx, ny, 40]);
    const expected = await maskOf(part, 'straight');

    const turned = reorient(part, 'SPR');
    const flipped = await maskOf(turned, 'flipped');
    expectSameAffine(flipped, turned);
    expect(dice(flipped, reorient(expected, 'SPR'))).toBeGreaterThan(0.9999);

    const geometry = { ...part.geometry, direction: rotated(part.geometry.direction, 0.2) };
    const oblique = await maskOf({ ...part, geometry }, 'oblique');
    expectSameAffine(oblique, { ...part, geometry });
    expect(dice({ ...oblique, geometry: expected.geometry }, expected)).toBeGreaterThan(0.9999);
  });
});

describe('a DICOM series', () => {
  const series = sharedData('petctdx-a0002', 'dicom');
  const missing = existsSync(series) ? '' : ' (skipped: petctdx-a0002 is missing)';

  (missing === '' ? withModel : test.skip)(
    `gives a DICOM segmentation with as many voxels as the mask in NIfTI${missing}`,
    async () => {
      const outputs = ['--output=series/lungs.dcm', '--json=series/lungs.json'];
      const { code, stderr } = await infer(folder, `--input=${series}`, ...outputs);
      expect([code, stderr]).toEqual([0, '']);
      const bytes = await readFile(join(folder, 'series/lungs.dcm'));
      expect(bytes.subarray(128, 132).toString()).toBe('DICM');
      const { output } = JSON.parse(await readFile(join(folder, 'series/lungs.json'), 'utf8')) as {
        output: { labels: Record<string, string> };
      };
      expect(output.labels).toEqual({ '1': 'right lung', '2': 'left lung' });

      const mask = ['--output=series/lungs.nii.gz', '--labels=left-right'];
      expect((await infer(folder, `--input=${series}`, ...mask)).code).toBe(0);
      const { volume } = await readVolume(join(folder, 'series/lungs.nii.gz'), { kind: 'label' });
      // The pixels stand last: a bit for each voxel of each lung.
      const packed = bytes.subarray(-Math.ceil((2 * volume.data.length) / 8));
      const bits = (from: number): number[] =>
        Array.from(
          { length: volume.data.length },
          (_, n) => (packed[(from + n) >> 3]! >> ((from + n) & 7)) & 1,
        );
      const lungs = [1, 2].map((label, n) => {
        const found = bits(n * volume.data.length);
        return [found.every((bit, i) => bit === Number(volume.data[i] === label)), found.includes(1)];
      });
      expect(lungs).toEqual([
        [true, true],
        [true, true],
      ]);
    },
  );
});

async function maskOf(image: Volume, name: string): Promise<Volume> {
  await writeVolume(join(folder, `${name}.nii.gz`), image);
  const { code, stderr } = await infer(folder, `--input=${name}.nii.gz`, `--output=${name}-mask.nii.gz`);
  expect([code, stderr]).toEqual([0, '']);
  return (await readVolume(join(folder, `${name}-mask.nii.gz`), { kind: 'label' })).volume;
}

function expectSameAffine(actual: Volume, expected: Volume): void {
  expect(actual.geometry.size).toEqual(expected.geometry.size);
  const affine = geometryToRasAffine(expected.geometry);
  geometryToRasAffine(actual.geometry).forEach((n, i) => expect(Math.abs(n - affine[i]!)).toBeLessThan(1e-4));
}

/** A direction turned about the patient's long axis, by an angle in radians. */
function rotated(direction: Mat3, angle: number): Mat3 {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const column = (n: number): Vec3 => {
    const [x, y, z] = [direction[n]!, direction[n + 3]!, direction[n + 6]!];
    return [c * x - s * y, s * x + c * y, z];
  };
  const columns = [column(0), column(1), column(2)];
  return [0, 1, 2].flatMap((row) => columns.map((v) => v[row]!)) as unknown as Mat3;
}

withModel('--version names the program and the model that answers by default', async () => {
  const { code, stdout } = await infer(folder, '--version');
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^lungseg \d+\.\d+\.\d+, ahnet-small \d+\.\d+\.\d+\n$/),
  ]);
});

describe('infer:summary', () => {
  const summary = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(app, 'dist/summary.js'), ...args], { encoding: 'utf8', env: PLAIN });

  withModel("counts the shipped model's parameters, and says which sizes fit", () => {
    const { status, stdout } = summary('--size=64,64,32');
    expect(status).toBe(0);
    expect(stdout).toContain('Total params: 1,755,488');
    const misfit = summary('--size=64,70,32');
    expect([misfit.status, misfit.stderr.trim()]).toEqual([
      1,
      'error: height must be a multiple of 32. Received: 70. Pad to 96, with padToMultiple(32).',
    ]);
  });
});

describe('precision and memory', () => {
  const maskOfDemo = async (name: string, ...args: string[]): Promise<{ mask: Volume; stdout: string }> => {
    const { code, stdout, stderr } = await infer(folder, `--input=${demo}`, `--output=${name}`, ...args);
    expect([code, stderr]).toEqual([0, '']);
    return { stdout, mask: (await readVolume(join(folder, name), { kind: 'label' })).volume };
  };

  withModel(
    'the fastest precision of the CPU gives the mask of float32, and a small memory almost',
    async () => {
      const precision = await choosePrecision('auto', await selectBackend('native'));
      const { mask: expected } = await maskOfDemo('float32.nii.gz');
      const fast = await maskOfDemo('fast.nii.gz', `--precision=${precision}`);
      expect(fast.stdout).toContain(`, ${precision}`);
      expect(dice(fast.mask, expected)).toBeGreaterThan(0.999);
      const small = await maskOfDemo('small.nii.gz', '--memory=600MB');
      expect(small.stdout).toMatch(/buffers \d+ MB, feature maps at most \d+ MB/);
      // Other windows see other surroundings of a voxel.
      expect(dice(small.mask, expected)).toBeGreaterThan(0.98);
    },
  );

  test('a memory in which no window fits is one line', async () => {
    const { code, stderr } = await infer(folder, `--input=${demo}`, '--output=x.nii.gz', '--memory=10MB');
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^error: Memory must allow a window of [\dx ]+ voxels at least\.[^\n]*$/);
  });
});
