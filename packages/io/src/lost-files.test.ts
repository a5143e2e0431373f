import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Rng, type NamedBytes } from '@lungseg/core';
import { zipSync } from 'fflate';
import { listSeries } from './list-series.js';
import { readVolume } from './read-volume.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';

const volume = huVolume();
const LAST = volume.geometry.size[2] - 1;

/** The slices by names of another pattern than `0.dcm`. */
const namedBy = (pattern: (k: number) => string, seriesInstanceUid?: string): NamedBytes[] =>
  dicomSeries(volume, seriesInstanceUid === undefined ? {} : { seriesInstanceUid }).map((file, k) => ({
    ...file,
    name: pattern(k),
  }));

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const noise = (length: number): Uint8Array => {
  const rng = new Rng(5);
  return Uint8Array.from({ length }, () => rng.integer(0, 256));
};
const starting = (...head: number[]): Uint8Array => Uint8Array.from([...head, ...noise(600)]);

/** What may become of a slice's bytes. */
const DAMAGES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  'its first sector lost': (bytes) => bytes.map((byte, n) => (n < 512 ? 0 : byte)),
  'cut within its preamble': (bytes) => bytes.slice(0, 100),
  'cut to nothing': () => new Uint8Array(0),
  'noise instead': (bytes) => noise(bytes.length),
  'zeros instead': (bytes) => new Uint8Array(bytes.length),
};

const HASHES = ['9f', '3c', '0a', 'e1', '7b', '5d'].map((start) => start + '1b2c3d4e5f60718293a4b5c6d7e8f9');
const PATTERNS: Readonly<Record<string, (k: number) => string>> = {
  '0.dcm': (k) => `${k}.dcm`,
  IM0: (k) => `IM${k}`,
  'series/IM-0001-0000': (k) => `series/IM-0001-000${k}`,
  '1.2.840.1': (k) => `1.2.840.${k + 1}`,
  'a hash': (k) => HASHES[k]!,
  '0000A1XQ': (k) => ['0000A1XQ', '00Z0QQ1B', 'B7', 'RTLQ', 'XYZ', 'MNO'][k]!,
};

describe('a damaged file that may be a slice is not passed over', () => {
  const cases = Object.entries(PATTERNS).flatMap(([pattern, nameOf]) =>
    Object.entries(DAMAGES).flatMap(([damage, apply]) =>
      [0, LAST].map((k) => [damage, pattern, k, nameOf, apply] as const),
    ),
  );

  test.each(cases)('%s, of slices named as %s: slice %i', async (_, __, k, nameOf, apply) => {
    const files = namedBy(nameOf).map((file, n) => (n === k ? { ...file, bytes: apply(file.bytes) } : file));
    await expect(readVolumeFromFiles(files, { allowGaps: true })).rejects.toMatchObject({
      kind: 'read',
      message: expect.stringContaining(`${nameOf(k)} `),
    });
  });

  test.each(['0.dcm', 'IM0', '1.2.840.1', 'a hash'])(
    'a page of an error instead, of slices named as %s',
    async (pattern) => {
      const files = namedBy(PATTERNS[pattern]!).map((file, n) =>
        n === LAST ? { ...file, bytes: text('<html>404 Not Found</html>') } : file,
      );
      await expect(readVolumeFromFiles(files)).rejects.toThrow(
        /is named like the slices beside it, but is not a DICOM file\. Copy it again, or remove it/,
      );
    },
  );

  test.each(['.part', '.crdownload', '.tmp'])('a slice that was being copied: %s', async (ending) => {
    for (const pattern of ['0.dcm', 'IM0']) {
      const files = namedBy(PATTERNS[pattern]!).map((file, n) =>
        n === LAST ? { name: file.name + ending, bytes: file.bytes.slice(0, 90) } : file,
      );
      await expect(readVolumeFromFiles(files)).rejects.toThrow('is named like the slices beside it');
    }
  });
});

describe('files that are no slices are passed over beside slices without an ending', () => {
  const others: Readonly<Record<string, Uint8Array>> = {
    README: text('Read me.\r\nÄäß\n'),
    LICENSE: new Uint8Array(Buffer.from('\uFEFFLicence', 'utf16le')),
    'notes.txt': text('hello'),
    'viewer.exe': starting(0x4d, 0x5a),
    'data.bin': noise(900),
    DICOMDIR: noise(400),
    Thumbs: starting(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
    DS_Store: starting(0, 0, 0, 1, 0x42, 0x75, 0x64, 0x31),
    preview: starting(0xff, 0xd8, 0xff, 0xe0),
    picture: starting(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    report: text('%PDF-1.7\n\0\x01\x02'),
    archive: zipSync({ a: noise(40) }),
    program: starting(0x7f, 0x45, 0x4c, 0x46),
    packed: starting(0x1f, 0x8b, 8),
    'IM3.json': text('{}'),
    'IM3.bak': noise(700),
    '.IM9': noise(700),
    'Icon\r': new Uint8Array(0),
    'elsewhere/IM9': noise(700),
    'elsewhere/unknown': noise(700),
  };
  const files = [
    ...namedBy(PATTERNS.IM0!),
    ...Object.entries(others).map(([name, bytes]) => ({ name, bytes })),
  ];

  test.each(Object.keys(others))('%j', async (name) => {
    const some = files.filter((file) => file.name.startsWith('IM') || file.name === name);
    const { volume: result, warnings } = await readVolumeFromFiles(some);
    expect(result).toEqual(volume);
    expect(warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('(not DICOM)')].slice(0, warnings.length)),
    );
    expect(warnings.join()).toContain(name);
  });

  test('all of them together', async () => {
    expect((await readVolumeFromFiles(files)).volume).toEqual(volume);
  });
});

describe('on disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
    const whole = namedBy((k) => `whole/IM${k}`, '1.1');
    const damaged = namedBy((k) => `damaged/IM${k}`, '1.2').map((file, k) =>
      k === LAST ? { ...file, bytes: noise(900) } : file,
    );
    const readme = { name: 'damaged/README', bytes: text('hello') };
    for (const { name, bytes } of [...whole, ...damaged, readme]) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('one slice that stands for its series does not hide that another is damaged', async () => {
    await expect(readVolume(join(folder, 'damaged/IM2'))).rejects.toThrow(
      `IM${LAST} is named like the slices beside it`,
    );
    const { warnings } = await readVolume(join(folder, 'whole/IM2'));
    expect(warnings).toEqual([expect.stringContaining('the 6 slices of it')]);
  });

  test('a series in another folder can be asked for, and the list says which one is damaged', async () => {
    await expect(readVolume(folder, { series: '1.2' })).rejects.toThrow(`damaged/IM${LAST} is named like`);
    expect((await readVolume(folder, { series: '1.1' })).volume).toEqual(volume);
    const { series, notes } = await listSeries(folder);
    expect(
      series.map(({ seriesInstanceUid, isSuitable, remark }) => [seriesInstanceUid, isSuitable, remark]),
    ).toEqual([
      ['1.1', true, 'axial CT'],
      ['1.2', false, expect.stringContaining(`damaged/IM${LAST} is named like the slices beside it`)],
    ]);
    expect(notes).toEqual([expect.stringContaining('not DICOM: damaged/')]);
  });
});
