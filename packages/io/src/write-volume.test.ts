import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  createGeometry,
  createVolume,
  geometryToRasAffine,
  UnsupportedError,
  WriteError,
  type Volume,
} from '@lungseg/core';
import { readVolume } from './read-volume.js';
import { huVolume, rotationOf, withSigns } from './testing/volumes.js';
import { WRITABLE_EXTENSIONS, writeVolume } from './write-volume.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A DICOM segmentation is no volume that can be read back; it has tests of its own. */
const VOLUME_EXTENSIONS = WRITABLE_EXTENSIONS.filter((extension) => extension !== '.dcm');

const geometry = huVolume({
  direction: withSigns(rotationOf(0.2, -0.1, 0.3), [1, 1, -1]),
  origin: [-250, 130.5, 900],
}).geometry;
const mask: Volume = {
  data: Uint8Array.from({ length: 120 }, (_, n) => n % 3),
  geometry,
  kind: 'label',
};

describe('writeVolume', () => {
  test.each(VOLUME_EXTENSIONS)(
    '%s: a mask comes back with its size, affine and voxels',
    async (extension) => {
      const path = join(folder, `mask${extension}`);
      await writeVolume(path, mask);
      const { volume } = await readVolume(path, { kind: 'label' });
      expect(volume.data).toEqual(mask.data);
      expect(volume.kind).toBe('label');
      expect(volume.geometry.size).toEqual(geometry.size);
      const affine = geometryToRasAffine(geometry);
      geometryToRasAffine(volume.geometry).forEach((value, n) => expect(value).toBeCloseTo(affine[n]!, 4));
    },
  );

  test('writes views of larger memory as what they show', async () => {
    const memory = new Int16Array(240).fill(99);
    const data = memory.subarray(7, 127);
    data.set(huVolume().data);
    for (const extension of VOLUME_EXTENSIONS) {
      const path = join(folder, `view${extension}`);
      await writeVolume(path, { ...mask, data });
      expect((await readVolume(path)).volume.data).toEqual(huVolume().data);
    }
  });

  test('makes the folder, leaves nothing else behind, and replaces what was there', async () => {
    const path = join(folder, 'new', 'deep', 'mask.nii.gz');
    await writeVolume(path, huVolume());
    await writeVolume(path, mask);
    expect(await readdir(join(folder, 'new', 'deep'))).toEqual(['mask.nii.gz']);
    expect((await readVolume(path)).volume.data).toEqual(mask.data);
  });

  test.each(VOLUME_EXTENSIONS)('%s: refuses axes that are not at right angles', async (extension) => {
    const path = join(folder, `sheared${extension}`);
    const direction = [1, 0.15 / Math.hypot(1, 0.15), 0, 0, 1 / Math.hypot(1, 0.15), 0, 0, 0, 1] as const;
    const sheared = { ...mask, geometry: { ...geometry, direction } };
    const error: unknown = await writeVolume(path, sheared).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).toMatch(
      /sheared\S+ can't hold axes that are not at right angles\. Received: a direction of 1, 0\.148.*Resample the volume .* first/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('several at a time to one path give one of them, whole', async () => {
    const size = [100, 100, 60] as const;
    const volumes = [1, 2, 3, 4].map((value) =>
      createVolume(new Int16Array(600_000).fill(value), createGeometry({ size })),
    );
    const path = join(folder, 'mask.nii');
    await Promise.all(volumes.map((volume) => writeVolume(path, volume)));
    const values = new Set((await readVolume(path)).volume.data);
    expect(values.size).toBe(1);
    expect(await readdir(folder)).toEqual(['mask.nii']);
  });

  test('says why a file can not be written, and leaves nothing behind', async () => {
    const taken = join(folder, 'taken.nii');
    await mkdir(taken);
    const error: unknown = await writeVolume(taken, mask).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WriteError);
    expect(error).toMatchObject({
      path: taken,
      message: `${taken} can't be written: it is a folder. Give the name of a file.`,
    });
    expect(await readdir(folder)).toEqual(['taken.nii']);
    await writeFile(join(folder, 'file'), '');
    await expect(writeVolume(join(folder, 'file', 'mask.nii'), mask)).rejects.toThrow(
      /mask\.nii can't be written: .*is no folder\. Choose another place/,
    );
  });

  (existsSync('/dev/full') ? test : test.skip)('says that the disk is full (needs /dev/full)', async () => {
    const uuid = '11111111-1111-4111-8111-111111111111';
    const random = jest.spyOn(crypto, 'randomUUID').mockReturnValue(uuid);
    try {
      await symlink('/dev/full', join(folder, `.tmp-${process.pid}-${uuid}`));
      await expect(writeVolume(join(folder, 'mask.nii'), mask)).rejects.toThrow(
        /mask\.nii can't be written: no space is left on the disk\. Make room/,
      );
      expect(await readdir(folder)).toEqual([]);
    } finally {
      random.mockRestore();
    }
  });

  test('stops when its signal does, and leaves what was there', async () => {
    const path = join(folder, 'mask.nii');
    await writeVolume(path, mask);
    const before = await readFile(path);
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(writeVolume(path, huVolume(), { signal })).rejects.toThrow('stopped');
    expect(await readFile(path)).toEqual(before);
  });

  test.each([
    ['mask.png', 'An output must end in one of .nii.gz, .nii, .nrrd, .mha, .dcm. Received: mask.png.'],
    ['mask', 'An output must end in one of'],
    ['.nii', 'An output must end in one of'],
    [
      'mask.dcm',
      'A volume is written to .dcm as a segmentation of a DICOM series, whose details must be given.',
    ],
  ])('refuses the ending of %s', (path, message) => expect(writeVolume(path, mask)).rejects.toThrow(message));
});
