import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  axisCodes,
  createVolume,
  indexToWorld,
  sameGrid,
  worldToIndex,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { readVolume, writeVolume, type SeriesList } from '@lungseg/io';
import { dice } from '@lungseg/metrics';
import { cropRegion, reorient } from '@lungseg/transforms';
import { demo, demoReference, infer as inferFrom, type Outcome, withModel } from './testing/infer-command.js';
import { writeDicomSeries } from './testing/dicom-series.js';

/** Where, along the demo CT, there is lung from edge to edge. */
const FIRST_SLICE = 60;
const SLICES = 30;
const THICK = { seriesInstanceUid: '2.25.10', description: 'Thick' };
const ALSO_THICK = { seriesInstanceUid: '2.25.11', description: 'Also thick' };

let folder: string;
const infer = (...args: string[]): Promise<Outcome> => inferFrom(folder, ...args);

let ct: Volume;
let part: Volume;
let reference: Volume;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-reading-'));
  // Along the patient's axes, as a scanner makes it: DICOM's k is i x j, and so never left-handed.
  ct = reorient((await readVolume(demo)).volume, 'LPS');
  reference = reorient((await readVolume(demoReference, { kind: 'label' })).volume, 'LPS');
  const [nx, ny] = ct.geometry.size;
  part = cropRegion(ct, [0, 0, FIRST_SLICE], [nx, ny, SLICES]);
  await writeDicomSeries(join(folder, 'export/a'), part, THICK);
  // Turned upside down in its numbers, so that it can't be taken for the other.
  const other = createVolume(
    part.data.map((hu) => -1000 - hu),
    part.geometry,
  );
  await writeDicomSeries(join(folder, 'export/b'), other, ALSO_THICK);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('a folder with two series', () => {
  test('--list shows both, as text and as JSON', async () => {
    const text = await infer('--input=export', '--list');
    expect([text.code, text.stderr]).toEqual([0, '']);
    const mm = part.geometry.spacing.map((n) => Number(n.toFixed(3))).join(' x ');
    expect(text.stdout.split('\n')).toEqual([
      `yes  CT, "Thick", 512 x 512 x ${SLICES} of ${mm} mm, axial CT`,
      '     --series=2.25.10, patient nobody, in a',
      `yes  CT, "Also thick", 512 x 512 x ${SLICES} of ${mm} mm, axial CT`,
      '     --series=2.25.11, patient nobody, in b',
      'None is the obvious one: pick one with --series=UID.',
      '',
    ]);
    const json = await infer('--input=export', '--list', '--json');
    const { series } = JSON.parse(json.stdout) as SeriesList;
    expect(series.map(({ seriesInstanceUid, isSuitable }) => [seriesInstanceUid, isSuitable])).toEqual([
      ['2.25.10', true],
      ['2.25.11', true],
    ]);
    const file = await infer('--input=export', '--list', '--json=list.json');
    expect([file.code, file.stdout]).toEqual([0, '']);
    expect(JSON.parse(await readFile(join(folder, 'list.json'), 'utf8'))).toEqual({ series, notes: [] });
  });

  test('without --series: exit code 1, one line that names both, no file left', async () => {
    const before = await readdir(folder);
    const { code, stderr } = await infer('--input=export', '--output=mask.nii.gz', '--quiet');
    expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringMatching(/2\.25\.10 .*2\.25\.11 /)]]);
    expect(await readdir(folder)).toEqual(before);
  });

  test('a --series that is not there: exit code 1, one line', async () => {
    const { code, stderr } = await infer('--input=export', '--output=mask.nii.gz', '--series=9');
    expect([code, stderr.trim().split('\n')]).toEqual([
      1,
      [expect.stringContaining('no CT series with the UID 9')],
    ]);
  });

  withModel('--series segments the one that is asked for, on its own grid', async () => {
    const { code, stdout, stderr } = await infer(
      '--input=export',
      '--output=a.nii.gz',
      '--series=2.25.10',
      '--quiet',
    );
    // Of lungs that end where the series does, a quiet run says that, too, and nothing else.
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^(! The (right|left) lung is cut by the image's edge [^\n]*\n)+$/);
    const { volume: mask } = await readVolume(join(folder, 'a.nii.gz'), { kind: 'label' });
    expect(sameGrid(mask.geometry, part.geometry)).toBe(true);
    const [nx, ny] = ct.geometry.size;
    const expected = cropRegion(reference, [0, 0, FIRST_SLICE], [nx, ny, SLICES]);
    expect(dice({ ...mask, geometry: expected.geometry }, expected)).toBeGreaterThan(0.9);
  });
});

describe('a tilted gantry', () => {
  const DEGREES = 10;
  const [sin, cos] = [Math.sin((DEGREES * Math.PI) / 180), Math.cos((DEGREES * Math.PI) / 180)];

  /** What a scanner of which the gantry is tilted about x would have made of the demo CT, sampled bilinearly. */
  function tiltedSeries(first: number): { volume: Volume; positionOf: (k: number) => Vec3 } {
    const { size, spacing } = ct.geometry;
    const [nx, ny] = size;
    const data = new Int16Array(nx * ny * SLICES);
    const plane = nx * ny;
    for (let k = 0; k < SLICES; k++) {
      for (let j = 0; j < ny; j++) {
        // The place of this row on the CT's grid, which has no rotation.
        const y = j * cos;
        const z = first + k + (j * spacing[1] * sin) / spacing[2];
        const [y0, z0] = [Math.min(Math.floor(y), ny - 2), Math.floor(z)];
        const [v, w] = [y - y0, z - z0];
        for (let i = 0; i < nx; i++) {
          const at = z0 * plane + y0 * nx + i;
          const low = ct.data[at]! * (1 - v) + ct.data[at + nx]! * v;
          const high = ct.data[at + plane]! * (1 - v) + ct.data[at + plane + nx]! * v;
          data[k * plane + j * nx + i] = Math.round(low * (1 - w) + high * w);
        }
      }
    }
    // Rows run along y and up, and the normal leans back.
    const direction = [1, 0, 0, 0, cos, -sin, 0, sin, cos] as const;
    const geometry = { ...ct.geometry, size: [nx, ny, SLICES] as const, direction };
    return {
      volume: createVolume(data, geometry),
      positionOf: (k) => indexToWorld(ct.geometry, [0, 0, first + k]),
    };
  }

  withModel('is corrected, said, and the mask lies where the lungs are in the patient', async () => {
    expect(axisCodes(ct.geometry)).toBe('LPS');
    const { volume, positionOf } = tiltedSeries(FIRST_SLICE - 10);
    const series = { seriesInstanceUid: '2.25.20', description: 'Tilted', positionOf };
    await writeDicomSeries(join(folder, 'tilted'), volume, series);
    const { code, stdout, stderr } = await infer('--input=tilted', '--output=t.nii.gz');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('The gantry was tilted by 10.0 degrees');

    const { volume: mask } = await readVolume(join(folder, 't.nii.gz'), { kind: 'label' });
    const expected = onGridOf(mask, reference);
    expect(expected.data.filter((label) => label > 0).length).toBeGreaterThan(100_000);
    expect(dice(mask, expected)).toBeGreaterThan(0.9);
  });

  /** Labels at the nearest voxel, where the tilted slices were; what lies outside of them is 0. */
  function onGridOf({ geometry, data }: Volume, labels: Volume): Volume {
    const [nx, ny, nz] = geometry.size;
    const found = new Uint8Array(data.length);
    const [, height] = ct.geometry.size;
    for (let k = 0, n = 0; k < nz; k++) {
      for (let j = 0; j < ny; j++) {
        for (let i = 0; i < nx; i++, n++) {
          const world = indexToWorld(geometry, [i, j, k]);
          const [x, y, z] = worldToIndex(labels.geometry, world).map(Math.round) as unknown as Vec3;
          const inside = x >= 0 && y >= 0 && z >= 0 && y < height && z < labels.geometry.size[2];
          if (inside && x < labels.geometry.size[0] && isCovered(world))
            found[n] = labels.data[(z * height + y) * labels.geometry.size[0] + x]!;
        }
      }
    }
    return createVolume(found, geometry, 'label');
  }

  /** Whether a place lies on one of the tilted slices' rows. */
  function isCovered(world: Vec3): boolean {
    const [, y, z] = worldToIndex(ct.geometry, world);
    const row = y / cos;
    const slice = z - (FIRST_SLICE - 10) - (row * ct.geometry.spacing[1] * sin) / ct.geometry.spacing[2];
    return row <= ct.geometry.size[1] - 1 && slice >= -0.5 && slice <= SLICES - 0.5;
  }
});

test.each([['--output=m.nii.gz'], ['--list']])(
  '--series with input that is not DICOM, and %s: exit code 1',
  async (option) => {
    const { code, stderr } = await infer(`--input=${demo}`, '--series=1.2', option);
    expect([code, stderr.trim().split('\n')]).toEqual([
      1,
      [`error: --series chooses one of a DICOM folder. Received: ${demo}, which is nifti. Leave it out.`],
    ]);
  },
);

describe('numbers that can not be HU', () => {
  test('exit code 1, one line that says why and what to do', async () => {
    const mr = createVolume(
      part.data.map((hu) => Math.max(hu + 1024, 0)),
      part.geometry,
    );
    await writeVolume(join(folder, 'mr.nii.gz'), mr);
    const { code, stderr } = await infer('--input=mr.nii.gz', '--output=m.nii.gz', '--quiet');
    expect([code, stderr.trim().split('\n')]).toEqual([
      1,
      [
        expect.stringMatching(
          /mr\.nii\.gz can't be in HU: none of its numbers is negative.*by --assume-hu that/,
        ),
      ],
    ]);
  });

  test('--list says so, and --assume-hu lets it pass', async () => {
    const stored = createVolume(
      part.data.map((hu) => Math.max(hu + 1024, 0)),
      part.geometry,
    );
    await writeDicomSeries(join(folder, 'stored'), stored, THICK);
    const { code, stdout } = await infer('--input=stored', '--list');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^no {2}.*15\.dcm can't be in HU: none of its numbers is negative.*by --assume-hu that/,
      ),
    ]);
    expect((await infer('--input=stored', '--list', '--assume-hu')).stdout).toMatch(/^yes .*axial CT/);
  });

  test('--allow-gaps lists a series with a gap as suitable', async () => {
    await writeDicomSeries(join(folder, 'gap'), cropRegion(part, [0, 0, 0], [512, 512, 8]), THICK);
    await rm(join(folder, 'gap/3.dcm'));
    expect((await infer('--input=gap', '--list')).stdout).toMatch(
      /^no .*Slices are missing: between 2\.dcm.*interpolate by --allow-gaps\./,
    );
    expect((await infer('--input=gap', '--list', '--allow-gaps')).stdout).toMatch(
      /^yes .*512 x 512 x 8 of .*were resampled onto 8/,
    );
    await writeFile(join(folder, 'gap/3.dcm'), '');
    const { code, stderr } = await infer('--input=gap', '--output=m.nii.gz', '--allow-gaps');
    expect([code, stderr]).toEqual([1, expect.stringContaining('3.dcm is named like the slices beside it')]);
  });
});
