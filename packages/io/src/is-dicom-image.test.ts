import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createVolume } from '@lungseg/core';
import { isDicomImage, LUNG_SEGMENTS, readVolume, segmentationSource, writeVolume } from './index.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-dicom-image-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a slice is a DICOM image, what is cut may have been one; a segmentation and other files are none', async () => {
  const ct = huVolume();
  const put = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  const slices = dicomSeries(ct);
  for (const { name, bytes } of slices) await put(name, bytes);
  const source = segmentationSource(await readVolume(folder));
  expect(await isDicomImage(join(folder, slices[0]!.name))).toBe(true);
  expect(await isDicomImage(await put('cut.dcm', slices[0]!.bytes.subarray(0, 200)))).toBe(true);
  const mask = createVolume(new Uint8Array(ct.data.length).fill(1), ct.geometry, 'label');
  const algorithm = { name: 'test', version: '1', weightsSha256: 'ab'.repeat(32), softwareVersion: '1' };
  const path = join(folder, 'seg.dcm');
  await writeVolume(path, mask, { segmentation: { source, segments: LUNG_SEGMENTS.lung, algorithm } });
  expect(await isDicomImage(path)).toBe(false);
  expect(await isDicomImage(await put('notes.txt', 'none'))).toBe(false);
});
