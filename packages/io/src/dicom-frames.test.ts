import { describe, expect, test } from '@jest/globals';
import { indexToWorld } from '@lungseg/core';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { expectSamePlace } from './testing/describe-reader.js';
import {
  DEFLATED,
  enhancedDicom,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  type DicomElements,
} from './testing/synthetic-dicom.js';
import { huVolume, rotationOf } from './testing/volumes.js';

const volume = huVolume({ origin: [-100.5, -80.25, 40], direction: rotationOf(0.2, -0.1, 0.3) });
const rescale = (k: number) => ({ slope: 1, intercept: -1024 - k });

describe('an enhanced multi-frame file', () => {
  test.each([
    ['explicit little-endian', EXPLICIT_LITTLE_ENDIAN],
    ['implicit little-endian', IMPLICIT_LITTLE_ENDIAN],
    ['explicit big-endian', EXPLICIT_BIG_ENDIAN],
    ['deflated', DEFLATED],
  ])(
    'is read frame by frame, by position, orientation, spacing and rescale: %s',
    async (_, transferSyntax) => {
      const files = enhancedDicom(volume, { transferSyntax, rescale });
      const { volume: result, warnings } = await readVolumeFromFiles(files);
      expect(result.data).toEqual(volume.data);
      expectSamePlace(result.geometry, volume.geometry);
      expect(warnings).toEqual([]);
    },
  );

  test('is read where its header is longer than what is read first', async () => {
    const long = huVolume({ size: [5, 4, 900] });
    const { volume: result } = await readVolumeFromFiles(enhancedDicom(long));
    expect(result.data).toEqual(long.data);
  });

  test('names the frame that lies elsewhere', async () => {
    const aside = indexToWorld(volume.geometry, [4, 0, 2]);
    const edit = (k: number): DicomElements =>
      k === 2 ? { '00200032': ['DS', aside.map((mm) => mm.toFixed(6)).join('\\')] } : {};
    await expect(readVolumeFromFiles(enhancedDicom(volume, { edit }))).rejects.toThrow(
      'enhanced.dcm (frame 4) lies 2.8 mm to the side of enhanced.dcm (frame 6)',
    );
  });

  test('names the frame whose pixels are cut', async () => {
    const [file] = enhancedDicom(volume);
    const cut = { ...file!, bytes: file!.bytes.slice(0, -50) };
    await expect(readVolumeFromFiles([cut])).rejects.toThrow(
      /enhanced\.dcm \(frame [56]\) is cut short: 5 x 4 pixels take 40 bytes/,
    );
  });

  test('is refused where it has not as many positions as frames', async () => {
    const text = 'enhanced.dcm is a damaged DICOM file: it should have as many functional groups as frames';
    const [file] = enhancedDicom(volume);
    const bytes = Buffer.from(file!.bytes);
    // NumberOfFrames, "6 ", after its tag and VR.
    const at = bytes.indexOf(Buffer.from([0x28, 0, 0x08, 0, 0x49, 0x53, 2, 0])) + 8;
    for (const frames of ['5 ', '7 ', '-1', 'x ', '99']) {
      bytes.write(frames, at, 'latin1');
      const damaged = { name: 'enhanced.dcm', bytes: Uint8Array.from(bytes) };
      await expect(readVolumeFromFiles([damaged])).rejects.toThrow(text);
    }
  });

  test('is refused by an error of ours wherever it is cut, also within its series UID', async () => {
    const [file] = enhancedDicom(volume);
    // Shorter, it is not known for DICOM.
    for (let length = 132; length < file!.bytes.length >> 1; length++) {
      const cut = { name: 'enhanced.dcm', bytes: file!.bytes.slice(0, length) };
      await expect(readVolumeFromFiles([cut])).rejects.toMatchObject({
        kind: expect.stringMatching(/^(read|unsupported)$/),
      });
    }
  });
});
