import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readVolume } from './read-volume.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { huVolume } from './testing/volumes.js';

const volume = huVolume({ origin: [1, -2, 3] });
const raw = new Uint8Array(volume.data.buffer);

const headerOf = (dataFile: string, compressed = false): string =>
  [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    `CompressedData = ${compressed ? 'True' : 'False'}`,
    'TransformMatrix = 1 0 0 0 1 0 0 0 1',
    'Offset = 1 -2 3',
    'ElementSpacing = 0.7 1.25 2.5',
    'DimSize = 5 4 6',
    'ElementType = MET_SHORT',
    `ElementDataFile = ${dataFile}`,
    '',
  ].join('\n');

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'lungseg-test-')), 'scan');
  await mkdir(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const put = async (name: string, contents: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), contents);
  return join(folder, name);
};

describe('MetaImage in two files', () => {
  test.each([
    ['raw', 'scan.raw', false],
    ['compressed', 'scan.zraw', true],
  ])('is read from a header and the file beside it: %s', async (_, name, compressed) => {
    const path = await put('scan.mhd', headerOf(name, compressed));
    await put(name, compressed ? deflateSync(raw) : raw);
    const { volume: result, format } = await readVolume(path);
    expect(result).toEqual(volume);
    expect(format).toBe('meta-image');
  });

  test('is refused where the voxels are those of another header, or the header itself', async () => {
    const path = await put('scan.mhd', headerOf('scan.raw'));
    await put('scan.raw', new Uint8Array(raw.byteLength + 2));
    await expect(readVolume(path)).rejects.toThrow(
      `scan.raw should hold ${raw.byteLength} bytes of voxels and nothing else`,
    );
    const own = await put('own.mhd', headerOf('own.mhd'));
    await expect(readVolume(own)).rejects.toThrow('Received: the header itself');
  });

  test('is read from bytes, in whatever order', async () => {
    const header = { name: 'a/scan.mhd', bytes: new TextEncoder().encode(headerOf('scan.raw')) };
    const data = { name: 'a/scan.raw', bytes: raw };
    expect((await readVolumeFromFiles([data, header])).volume).toEqual(volume);
    await expect(readVolumeFromFiles([header])).rejects.toThrow(
      'a/scan.mhd keeps its voxels in "scan.raw". Received: 1 file. Give',
    );
    await expect(readVolumeFromFiles([header, { ...data, name: 'b.raw' }])).rejects.toThrow(
      'a/scan.mhd keeps its voxels in "scan.raw", which is not among the files. Give both.',
    );
  });

  test('says that the second file is missing, or cut', async () => {
    const path = await put('scan.mhd', headerOf('scan.raw'));
    await expect(readVolume(path)).rejects.toThrow(/scan\.raw can't be read: it is not there any more/);
    await put('scan.raw', raw.slice(0, 100));
    await expect(readVolume(path)).rejects.toThrow(
      /scan\.raw is truncated: its voxels should take 240 bytes, it has 100 of them/,
    );
  });

  test.each(['../secret.raw', '/etc/hostname', '..', 'sub/scan.raw', 'C:\\scan.raw'])(
    'is never led out of its folder: %s',
    async (name) => {
      await writeFile(join(folder, '..', 'secret.raw'), raw);
      const path = await put('scan.mhd', headerOf(name));
      await expect(readVolume(path)).rejects.toThrow(
        /which is not the name of a file beside it\. lungseg reads them from a file in the same folder only/,
      );
    },
  );

  test('is never led out of its folder by a link', async () => {
    await writeFile(join(folder, '..', 'secret.raw'), raw);
    await symlink(join('..', 'secret.raw'), join(folder, 'scan.raw'));
    const path = await put('scan.mhd', headerOf('scan.raw'));
    await expect(readVolume(path)).rejects.toThrow(/a link that leads elsewhere/);
  });

  test.each(['LIST', 'slice%03d.raw 1 6 1'])('is refused where there are more files: %s', async (name) => {
    const path = await put('scan.mhd', headerOf(name));
    await expect(readVolume(path)).rejects.toThrow('keeps its voxels in several files');
  });
});
