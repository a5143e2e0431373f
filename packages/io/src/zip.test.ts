import { crc32 as zlibCrc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';
import { crc32, sourcesOfZip } from './zip.js';

const volume = huVolume();
const files = Object.fromEntries(dicomSeries(volume).map(({ name, bytes }) => [`patient/ct/${name}`, bytes]));
const zipOf = (contents: Record<string, Uint8Array>) => ({ name: 'scan.zip', bytes: zipSync(contents) });
const text = new TextEncoder().encode('hello');

describe('a zip of DICOM', () => {
  test('is read as its folder would be', async () => {
    const zip = zipOf({
      ...files,
      '__MACOSX/ct/._0.dcm': text,
      'patient/.DS_Store': text,
      'notes.txt': text,
    });
    const { volume: result, warnings } = await readVolumeFromFiles([zip]);
    expect(result).toEqual(volume);
    expect(warnings).toEqual(['Passed over 1 file (not DICOM): notes.txt.']);
  });

  test.each(['../../../', '/', 'C:\\', '..\\', 'ct/../../'])(
    'is refused where its names lead out of its folder: %s',
    async (prefix) => {
      const escaping = Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [`${prefix}${name}`, bytes]),
      );
      await expect(readVolumeFromFiles([zipOf(escaping)])).rejects.toThrow(
        'scan.zip holds a file whose name leads out of its folder',
      );
    },
  );

  test('is read with the separators of Windows, and names with dots', async () => {
    const others = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [`ct..1\\${name.replace('/', '\\')}`, bytes]),
    );
    expect((await readVolumeFromFiles([zipOf(others)])).volume).toEqual(volume);
  });

  test('is refused where its directory says fewer files than it lists', async () => {
    const { name, bytes } = zipOf(files);
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(bytes.length - 12, 5, true);
    await expect(readVolumeFromFiles([{ name, bytes }])).rejects.toThrow(
      'its directory should end after 5 files',
    );
  });

  test.each([
    ['empty', {}, 'scan.zip has no DICOM images: it is empty'],
    [
      'without DICOM',
      { 'a.txt': text },
      'scan.zip has no DICOM images: of 1 file, 1 not DICOM. Give the folder',
    ],
    ['with an image', { 'a/ct.nii.gz': text }, 'of 1 file, 1 not DICOM. Unpack a/ct.nii.gz, and give that.'],
    ['with images', { 'a.mha': text, 'b.nii': text }, 'Unpack a.mha, or another image of it, and give that.'],
  ])('is refused where it is %s', (_, contents, message) =>
    expect(readVolumeFromFiles([zipOf(contents)])).rejects.toThrow(message),
  );

  test('is refused where it holds too many files, or too much', () => {
    expect(() => sourcesOfZip(zipOf(files), { maximumFiles: 5 })).toThrow(
      'scan.zip holds 6 files, more than the 5 that lungseg unpacks',
    );
    expect(() => sourcesOfZip(zipOf(files), { maximumBytes: 1000 })).toThrow(
      /scan\.zip unpacks to \d+ bytes, more than the 1000/,
    );
  });

  test('is refused where it is cut, or a bit of a slice is flipped', async () => {
    const { name, bytes } = zipOf(files);
    await expect(readVolumeFromFiles([{ name, bytes: bytes.slice(0, -30) }])).rejects.toThrow(
      'scan.zip is a damaged zip: its directory, which stands at the end, is missing',
    );
    const flipped = bytes.slice();
    flipped[200]! ^= 4;
    await expect(readVolumeFromFiles([{ name, bytes: flipped }])).rejects.toThrow(
      /is a damaged zip: patient\/ct\/0\.dcm (fails its checksum|can't be unpacked)/,
    );
  });

  test('allocates no more than a file could unpack to, whatever its directory says', () => {
    const { name, bytes } = zipOf({ 'a.dcm': text });
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const directory = bytes.length - 22 - 46 - 'a.dcm'.length;
    view.setUint32(directory + 24, 2 ** 28, true);
    view.setUint16(directory + 10, 8, true);
    const [source] = sourcesOfZip({ name, bytes });
    expect(() => source!.read()).toThrow('a.dcm says it unpacks to 268435456 bytes');
  });

  test('is refused where it is encrypted', () => {
    const { name, bytes } = zipOf({ 'a.dcm': text });
    bytes[bytes.length - 22 - 46 - 'a.dcm'.length + 8]! |= 1;
    expect(() => sourcesOfZip({ name, bytes })).toThrow('a.dcm in scan.zip is encrypted');
  });
});

test("crc32 is zlib's", () => {
  const bytes = deflateRawSync(Buffer.from('some bytes of any kind'));
  const reference = zlibCrc32 as ((data: Uint8Array) => number) | undefined;
  // Node has its own from version 20.15 on; the check value is that of the catalogue of CRCs.
  if (reference !== undefined) expect(crc32(bytes)).toBe(reference(bytes));
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
