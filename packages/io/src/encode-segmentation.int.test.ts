import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createVolume, type Volume } from '@lungseg/core';
import { segmentationSource } from './encode-segmentation.js';
import { readVolume } from './read-volume.js';
import { LUNG_SEGMENTS } from './segments.js';
import { sharedData } from './testing/fixtures.js';
import { dicomSeries, type DicomElements } from './testing/synthetic-dicom.js';
import { huVolume, rotationOf } from './testing/volumes.js';
import { writeVolume } from './write-volume.js';

jest.setTimeout(120_000);

const algorithm = {
  name: 'ahnet-small',
  version: '0.1.0',
  weightsSha256: '9d'.repeat(32),
  softwareVersion: '0.1.0',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a segmentation of a series; the mask is random but the same each time. */
async function writeSegmentation(
  input: string,
  labels: keyof typeof LUNG_SEGMENTS,
): Promise<{ file: string; mask: Volume }> {
  const read = await readVolume(input);
  const count = LUNG_SEGMENTS[labels].length + 1;
  const data = Uint8Array.from(read.volume.data, (_, n) => Math.floor(n / 7 + n / 1001) % count);
  const mask = createVolume(data, read.volume.geometry, 'label');
  const file = join(folder, `${labels}.dcm`);
  const segmentation = { source: segmentationSource(read), segments: LUNG_SEGMENTS[labels], algorithm };
  await writeVolume(file, mask, { segmentation });
  return { file, mask };
}

async function writeSeries(edit: DicomElements = {}): Promise<string> {
  const series = await mkdtemp(join(folder, 'series-'));
  const oblique = huVolume({ direction: rotationOf(0.2, -0.1, 0.3), origin: [12.5, -300, 7] });
  for (const { name, bytes } of dicomSeries(oblique, { edit: () => edit }))
    await writeFile(join(series, name), bytes);
  return series;
}

/** A program that a test needs, or why the test is skipped. */
function withProgram(command: string, args: readonly string[], missing: string) {
  const found = command !== '' && spawnSync(command, args).status === 0;
  return { run: found ? test : test.skip, note: found ? '' : ` (skipped: ${missing})` };
}

const real = sharedData('petctdx-a0002', 'dicom');

describe('a DICOM segmentation on disk', () => {
  // dciodvfy has no option that only says that it is there.
  const validator = withProgram(
    'sh',
    ['-c', 'command -v dciodvfy'],
    "dciodvfy of Debian's dicom3tools is missing",
  );

  test.each(['lung', 'left-right'] as const)('is written whole, %s', async (labels) => {
    const { file } = await writeSegmentation(await writeSeries(), labels);
    expect(existsSync(file)).toBe(true);
  });

  validator.run.each([
    ['lung', 'synthetic', {}],
    ['left-right', 'synthetic', {}],
    [
      'left-right',
      'synthetic, of a named patient',
      { '00100010': ['PN', 'Doe^Jane'], '00100040': ['CS', 'F'] },
    ],
  ] as const)(`passes dciodvfy without an error: %s, %s${validator.note}`, async (labels, _, edit) => {
    const { file } = await writeSegmentation(await writeSeries(edit), labels);
    const { status, stderr } = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
    expect([status, stderr.trim().split('\n').at(-1)]).toEqual([0, 'Segmentation']);
  });

  const python = process.env['LUNGSEG_PYTHON'] ?? '';
  const peer = withProgram(
    python,
    ['-c', 'import highdicom, pydicom, SimpleITK'],
    'LUNGSEG_PYTHON names no Python with highdicom, pydicom and SimpleITK',
  );
  const script = join(dirname(dirname(expect.getState().testPath!)), 'tools', 'check_segmentation.py');

  peer.run.each(['lung', 'left-right'] as const)(
    `is the mask bit for bit as highdicom, pydicom and SimpleITK read them: %s${peer.note}`,
    async (labels) => {
      const series = existsSync(real) ? real : await writeSeries();
      const { file, mask } = await writeSegmentation(series, labels);
      const other = join(folder, `${labels}.nii.gz`);
      await writeVolume(other, mask);
      const { stdout, stderr } = spawnSync(python, [script, file, other, series], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^the same: /);
    },
  );
});
