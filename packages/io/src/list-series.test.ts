import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createVolume, type NamedBytes } from '@lungseg/core';
import { zipSync } from 'fflate';
import { listDicomSeries } from './dicom-series-list.js';
import { sourceOfBytes, type FileSource } from './file-source.js';
import { listSeries } from './list-series.js';
import type { LookOptions } from './look-at-slices.js';
import { readVolume } from './read-volume.js';
import {
  dicomFile,
  dicomSeries,
  encapsulate,
  RLE_LOSSLESS,
  type DicomElements,
} from './testing/synthetic-dicom.js';
import { huVolume, rotationOf } from './testing/volumes.js';
import { writeVolume } from './write-volume.js';

const STRUCTURED_REPORT = '1.2.840.10008.5.1.4.1.1.88';

let folder: string;
const files: Record<string, Uint8Array> = {};

function add(path: string, uid: string, more: DicomElements = {}, volume = huVolume()): void {
  for (const { name, bytes } of dicomSeries(volume, { seriesInstanceUid: uid, edit: () => more }))
    files[`${path}/${name}`] = bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
  add('a/thin', '1.1', { '0008103e': ['LO', 'Thin'] }, huVolume({ size: [5, 4, 9] }));
  add('a/thick', '1.2', { '0008103e': ['LO', 'Thick'] });
  add(
    'a/scout',
    '1.3',
    { '00080008': ['CS', 'ORIGINAL\\PRIMARY\\LOCALIZER'] },
    huVolume({ size: [5, 4, 2] }),
  );
  add('a/coronal', '1.4', {}, huVolume({ direction: rotationOf(-Math.PI / 2, 0, 0) }));
  add('a/gap', '1.5');
  delete files['a/gap/2.dcm'];
  add('b/pet', '2.1', { '00080060': ['CS', 'PT'], '00100020': ['LO', 'other'] });
  add('b/shot', '2.2', { '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'] }, huVolume({ size: [5, 4, 1] }));
  add('b/odd', '2.3', { '00200037': ['DS', '1\\0\\0\\1\\0\\0'] });
  add('b/cut', '2.4');
  // It ends within its header, but after its series' UID.
  files['b/cut/3.dcm'] = files['b/cut/3.dcm']!.slice(0, -60);
  files['b/dose'] = dicomFile({
    '00080016': ['UI', `${STRUCTURED_REPORT}.67`],
    '00080060': ['CS', 'SR'],
    '0020000e': ['UI', '2.5'],
  });
  files['notes.txt'] = new TextEncoder().encode('hello');
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('listSeries', () => {
  test('lists the series of nested folders of two patients, and says why they are suitable or not', async () => {
    const { series, notes } = await listSeries(folder);
    const shown = series.map(({ seriesInstanceUid, folder: place, slices, isSuitable, remark }) =>
      [isSuitable ? 'yes' : 'no', seriesInstanceUid, place, slices, remark].join(' | '),
    );
    expect(shown).toEqual([
      'yes | 1.1 | a/thin | 9 | axial CT',
      'yes | 1.2 | a/thick | 6 | axial CT',
      'yes | 1.4 | a/coronal | 6 | coronal CT',
      'no | 2.1 | b/pet | 6 | modality PT',
      expect.stringMatching(
        /^no \| 2\.3 \| b\/odd \| 6 \| b\/odd\/0\.dcm is a damaged DICOM file: its orientation/,
      ),
      expect.stringMatching(
        /^no \| 1\.5 \| a\/gap \| 5 \| Slices are missing: between a\/gap\/1\.dcm and a\/gap\/3\.dcm lie 5 mm/,
      ),
      expect.stringMatching(
        /^no \| 2\.4 \| b\/cut \| 5 \| b\/cut\/3\.dcm is a damaged DICOM file: its header can't be read/,
      ),
      'no | 1.3 | a/scout | 2 | localizer',
      'no | 2.2 | b/shot | 1 | secondary capture',
      'no | 2.5 | b | 1 | dose report',
    ]);
    expect(series[0]).toMatchObject({
      modality: 'CT',
      description: 'Thin',
      patientId: 'patient',
      studyInstanceUid: '1.2.3',
      size: [5, 4, 9],
      isDefault: true,
    });
    expect(series[0]!.spacing![2]).toBeCloseTo(2.5, 9);
    expect(series.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    expect(notes).toEqual(['1 file is not DICOM: notes.txt.']);
  });

  test('lists a zip as its folder, and marks the series that is asked for', async () => {
    const path = join(folder, 'export.zip');
    await writeFile(path, zipSync(files));
    const [zip, plain] = [
      await listSeries(path, { series: '1.2' }),
      await listSeries(folder, { series: '1.2' }),
    ];
    expect(zip.series).toEqual(plain.series);
    expect(zip.series.find(({ isDefault }) => isDefault)!.seriesInstanceUid).toBe('1.2');
    await rm(path);
  });

  test('takes gaps for suitable where they are allowed', async () => {
    const { series } = await listSeries(join(folder, 'a/gap'), { allowGaps: true });
    expect(series).toEqual([
      expect.objectContaining({
        isSuitable: true,
        size: [5, 4, 6],
        remark: expect.stringContaining('resampled'),
      }),
    ]);
  });

  test('lists the one image of another format', async () => {
    const path = join(folder, 'scan.nii.gz');
    await writeVolume(path, huVolume());
    const { series, notes } = await listSeries(path);
    expect(series).toMatchObject([{ format: 'nifti', size: [5, 4, 6], isSuitable: true, isDefault: true }]);
    expect(notes).toEqual([]);
    await rm(path);
  });

  test('has none to read by default where two have as many slices', async () => {
    const path = join(folder, 'two.zip');
    const only = Object.entries(files).filter(([name]) => /thick|pet/.test(name));
    for (const { name, bytes } of dicomSeries(huVolume(), { seriesInstanceUid: '3.1' }))
      only.push([`c/${name}`, bytes]);
    await writeFile(path, zipSync(Object.fromEntries(only)));
    const { series } = await listSeries(path);
    expect(series.map(({ isSuitable, isDefault }) => [isSuitable, isDefault])).toEqual([
      [true, false],
      [true, false],
      [false, false],
    ]);
    await rm(path);
  });
});

describe('a look at the pixels of a series', () => {
  const volume = huVolume();
  const shifted = createVolume(
    volume.data.map((hu) => hu + 1024),
    volume.geometry,
  );
  const unscaled: DicomElements = { '00281052': ['DS', '0'], '00281053': ['DS', '1'] };
  const rescale = () => ({ slope: 1, intercept: 0 });
  const plane = 20;

  /** The list of a series, and from which files more than the header was read. */
  async function listOf(files: readonly NamedBytes[], options: LookOptions = {}) {
    const looked = new Set<string>();
    const sources = files.map((file): FileSource => {
      const source = sourceOfBytes(file);
      return {
        ...source,
        read: (begin, end, memory) => {
          if (begin !== 0) looked.add(file.name);
          return source.read(begin, end, memory);
        },
      };
    });
    const { series } = await listDicomSeries('ct', sources, options);
    expect(series).toHaveLength(1);
    return { ...series[0]!, looked: [...looked] };
  }

  test('reads the pixels of the middle slice alone', async () => {
    const { isSuitable, remark, looked } = await listOf(dicomSeries(volume));
    expect([isSuitable, remark, looked]).toEqual([true, 'axial CT', ['3.dcm']]);
  });

  test('says that numbers can not be HU, unless told that they are', async () => {
    const files = dicomSeries(shifted, { rescale, edit: () => unscaled });
    const { isSuitable, isDefault, remark, size, looked } = await listOf(files);
    expect([isSuitable, isDefault, size]).toEqual([false, false, [5, 4, 6]]);
    expect(remark).toMatch(
      /^3\.dcm can't be in HU: none of its numbers is negative.*by the option assumeHu that these are HU\.$/,
    );
    expect(looked.length).toBeGreaterThan(1);
    expect(await listOf(files, { assumeHu: true })).toMatchObject({ isSuitable: true, remark: 'axial CT' });
  });

  test('says which unit the numbers are in', async () => {
    const files = dicomSeries(volume, { edit: () => ({ '00281054': ['LO', 'PCT'] }) });
    const { isSuitable, remark } = await listOf(files);
    expect([isSuitable, remark]).toEqual([
      false,
      expect.stringContaining('0.dcm says that its numbers are in PCT'),
    ]);
    expect((await listOf(files, { assumeHu: true })).isSuitable).toBe(true);
  });

  test('looks at other slices where the middle one is empty, as reading looks at all of them', async () => {
    const hole = createVolume(
      volume.data.map((hu, n) => (Math.floor(n / plane) === 3 ? 0 : hu)),
      volume.geometry,
    );
    const { isSuitable, looked } = await listOf(dicomSeries(hole));
    expect([isSuitable, looked.length]).toEqual([true, 2]);
  });

  test('finds pixels that are damaged', async () => {
    // Noise where RLE has the offsets of its segments.
    const noise = Uint8Array.from({ length: 200 }, (_, n) => (n * 151) % 256);
    const files = dicomSeries(volume, {
      transferSyntax: RLE_LOSSLESS,
      edit: (k) => (k === 3 ? { '7fe00010': ['OB', encapsulate(noise)] } : {}),
    });
    const { isSuitable, remark } = await listOf(files);
    expect([isSuitable, remark]).toEqual([false, expect.stringMatching(/^3\.dcm is a damaged DICOM file/)]);
  });

  test('an image of another format that can not be in HU is said to be so', async () => {
    const path = join(folder, 'mr.nii.gz');
    await writeVolume(path, shifted);
    expect((await listSeries(path)).series).toMatchObject([
      {
        isSuitable: false,
        isDefault: false,
        remark: expect.stringContaining('none of its numbers is negative'),
      },
    ]);
    expect((await listSeries(path, { assumeHu: true })).series).toMatchObject([{ isSuitable: true }]);
    await rm(path);
  });
});

describe('reading from such a folder', () => {
  test('reads the series that is asked for, although others are damaged', async () => {
    const { volume, dicom, warnings } = await readVolume(folder, { series: '1.2' });
    expect(volume.data).toEqual(huVolume().data);
    expect(dicom!.seriesDescription).toBe('Thick');
    expect(warnings).toContain('Passed over 1 file (damaged, of another series): b/cut/3.dcm.');
  });

  test('says why a series that is asked for is not read', async () => {
    await expect(readVolume(folder, { series: '2.1' })).rejects.toThrow(
      /has the series 2\.1, but it is no CT that lungseg reads: modality PT\. Pick another/,
    );
    await expect(readVolume(folder, { series: '2.3' })).rejects.toThrow(
      'b/odd/0.dcm is a damaged DICOM file',
    );
    await expect(readVolume(folder, { series: '1.5' })).rejects.toThrow('Slices are missing');
    await expect(readVolume(folder, { series: '2.4' })).rejects.toThrow('b/cut/3.dcm');
    await expect(readVolume(folder, { series: '9' })).rejects.toThrow(
      'has no CT series with the UID 9. It has:\n  1.1',
    );
  });

  test('takes one slice for its series in its folder, and says so', async () => {
    for (const name of ['thick/3.dcm', 'thin/0.dcm']) {
      const path = join(folder, 'a', name);
      const whole = await readVolume(dirname(path));
      const { volume, warnings } = await readVolume(path);
      expect(volume).toEqual(whole.volume);
      expect(warnings).toEqual([
        `${name.slice(-5)} is one slice of a series: the ${volume.geometry.size[2]} slices of it in ${dirname(path)} were read.`,
      ]);
    }
    await expect(readVolume(join(folder, 'a/scout/0.dcm'))).rejects.toThrow('localizer');
  });
});
