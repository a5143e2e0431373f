import { describe, expect, test } from '@jest/globals';
import { createVolume, geometryToRasAffine, type NamedBytes } from '@lungseg/core';
import { dicomReader } from './dicom-reader.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { expectSamePlace } from './testing/describe-reader.js';
import {
  DEFLATED,
  dicomFile,
  dicomSeries,
  enhancedDicom,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  JPEG_LS_LOSSLESS,
  type DicomElements,
} from './testing/synthetic-dicom.js';
import { huVolume, rotationOf } from './testing/volumes.js';

const volume = huVolume({ origin: [-100.5, -80.25, 40] });
const read = (files: readonly NamedBytes[], series?: string) =>
  readVolumeFromFiles(files, series === undefined ? {} : { series });
const movedTo = (k: number, place: string) => ({
  edit: (n: number): DicomElements => (n === k ? { '00200032': ['DS', place] } : {}),
});

describe('reading a DICOM series', () => {
  test.each([
    ['explicit little-endian', EXPLICIT_LITTLE_ENDIAN],
    ['implicit little-endian', IMPLICIT_LITTLE_ENDIAN],
    ['explicit big-endian', EXPLICIT_BIG_ENDIAN],
    ['deflated', DEFLATED],
  ])('reads %s', async (_, transferSyntax) => {
    const { volume: result, format, warnings } = await read(dicomSeries(volume, { transferSyntax }));
    expect(result.data).toEqual(volume.data);
    expectSamePlace(result.geometry, volume.geometry);
    expect({ format, warnings }).toEqual({ format: 'dicom', warnings: [] });
  });

  test('sorts by position along the normal, whatever the order, the names and the instance numbers', async () => {
    const files = dicomSeries(volume);
    const shuffled = [3, 0, 5, 1, 4, 2].map((k) => files[k]!);
    const { volume: result, dicom } = await read(shuffled);
    expect(result.data).toEqual(volume.data);
    expect(dicom!.slices.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    expect(dicom).toMatchObject({
      modality: 'CT',
      seriesInstanceUid: '1.2.3.4',
      seriesDescription: 'Chest',
      studyInstanceUid: '1.2.3',
      frameOfReferenceUid: '1.2.5',
    });
  });

  test('takes the spacing between slices from their positions, not from SliceThickness', async () => {
    const { volume: result } = await read(dicomSeries(volume));
    expect(result.geometry.spacing[2]).toBeCloseTo(2.5, 9);
  });

  test('takes PixelSpacing as rows first, then columns', async () => {
    const { volume: result } = await read(dicomSeries(volume));
    expect(result.geometry.spacing.slice(0, 2)).toEqual([0.7, 1.25]);
  });

  test('rescales each slice by its own slope and intercept', async () => {
    const rescale = (k: number) => ({ slope: k % 2 === 0 ? 1 : 0.5, intercept: -1024 + 10 * k });
    const { volume: result } = await read(dicomSeries(volume, { rescale }));
    expect(result.data).toEqual(Float32Array.from(volume.data));
  });

  test('widens to int32 where HU leave int16', async () => {
    const wide = createVolume(
      Int32Array.from(volume.data, (hu) => (hu === volume.data[100] ? 40000 : hu)),
      volume.geometry,
    );
    const { volume: result } = await read(dicomSeries(wide));
    expect(result.data).toEqual(wide.data);
  });

  test('ignores bits above those stored, and takes the sign from the highest of those', async () => {
    const files = dicomSeries(volume, {
      signed: true,
      bitsStored: 12,
      rescale: () => ({ slope: 1, intercept: 0 }),
    });
    for (const { bytes } of files) {
      const pixels = new DataView(bytes.buffer, bytes.byteLength - 40, 40);
      for (let i = 0; i < 20; i++)
        pixels.setUint16(2 * i, (pixels.getUint16(2 * i, true) & 0xfff) | 0xa000, true);
    }
    expect((await read(files)).volume.data).toEqual(volume.data);
  });

  test('allows the jitter that rounding to a tenth of a millimetre gives', async () => {
    const fine = huVolume({ spacing: [0.7, 0.7, 0.625] });
    const edit = (k: number): DicomElements => ({ '00200032': ['DS', `0\\0\\${(0.625 * k).toFixed(1)}`] });
    const { volume: result } = await read(dicomSeries(fine, { edit }));
    expect(result.geometry.spacing[2]).toBeCloseTo(0.62, 2);
  });

  test('says that numbers are taken as HU where there is no rescale', async () => {
    const edit = (): DicomElements => ({ '00281052': ['DS', ''], '00281053': ['DS', ''] });
    const { warnings } = await read(dicomSeries(volume, { edit }));
    expect(warnings).toEqual(['0.dcm has no rescale slope and intercept: its numbers are taken as HU.']);
  });
});

describe('the unit of a DICOM series', () => {
  test.each([
    ['HU', []],
    ['US', []],
    ['MGML', ['0.dcm says that its numbers are in MGML: they are taken as HU.']],
  ])('%s is said where it is another than HU', async (unit, expected) => {
    const { warnings } = await read(dicomSeries(volume, { edit: () => ({ '00281054': ['LO', unit] }) }));
    expect(warnings).toEqual(expected);
  });
});

describe('a DICOM series that can not be trusted', () => {
  const refused = (files: readonly NamedBytes[], text: string | RegExp) =>
    expect(read(files)).rejects.toThrow(text);

  test('names the slices between which one is missing, and the mm', () =>
    refused(
      dicomSeries(volume).filter((_, k) => k !== 3),
      /Slices are missing: between 2\.dcm and 4\.dcm lie 5 mm, elsewhere 2\.5 mm, so about 1 is missing there/,
    ));

  test('names two slices at one position', () =>
    refused(
      dicomSeries(volume, movedTo(3, '-100.5\\-80.25\\45')),
      /2\.dcm and 3\.dcm lie at the same position, 45 mm along the series\. Keep one/,
    ));

  test('says where two files are the same image', () => {
    const files = dicomSeries(volume);
    return refused([...files, { name: 'copy.dcm', bytes: files[1]!.bytes }], /are the same image/);
  });

  test('names the slice that is out of step', () =>
    refused(
      dicomSeries(volume, movedTo(3, '-100.5\\-80.25\\48')),
      /unevenly spaced: between 2\.dcm and 3\.dcm lie 3 mm, elsewhere 2\.5 mm/,
    ));

  test('names a slice that lies to the side', () =>
    refused(
      dicomSeries(volume, movedTo(3, '-98.5\\-80.25\\47.5')),
      /3\.dcm lies 2 mm to the side of 0\.dcm/,
    ));

  test('names the slice of another size', () => {
    const other = dicomSeries(huVolume({ ...volume.geometry, size: [6, 4, 6] }));
    const files = dicomSeries(volume).map((file, k) => (k === 2 ? { ...other[2]!, name: '2.dcm' } : file));
    return refused(files, /mixes sizes: 2\.dcm has 6 x 4 pixels .* 5 of its 6 slices have 5 x 4/);
  });

  test('names the slice of another pixel spacing', () => {
    const edit = (k: number): DicomElements => (k === 4 ? { '00280030': ['DS', '1.25\\0.8'] } : {});
    return refused(dicomSeries(volume, { edit }), /mixes sizes: 4\.dcm has 5 x 4 pixels of 0\.8 x 1\.25 mm/);
  });

  test('names the slice that lies askew', () => {
    const edit = (k: number): DicomElements =>
      k === 5 ? { '00200037': ['DS', '0.99619\\0.08716\\0\\-0.08716\\0.99619\\0'] } : {};
    return refused(dicomSeries(volume, { edit }), /mixes orientations: 5\.dcm .* \(1 of 6 differ\)/);
  });

  test.each([1, 2])('names slices in another plane, %i of 6', (count) => {
    const edit = (k: number): DicomElements =>
      k >= 6 - count ? { '00200037': ['DS', '1\\0\\0\\0\\0\\-1'] } : {};
    const files = dicomSeries(volume, { edit });
    return refused(files, new RegExp(`mixes orientations: .* \\(${count} of 6 differ\\)`));
  });

  test.each<[string, DicomElements, string]>([
    ['no modality', { '00080060': ['CS', ''] }, 'without a modality'],
    ['another modality', { '00080060': ['CS', 'OT'] }, 'modality OT'],
    ['colour', { '00280002': ['US', 3] }, 'colour'],
  ])('misses no slice at an end that has %s', (_, elements, reason) => {
    const edit = (k: number): DicomElements => (k === 5 ? elements : {});
    return refused(
      dicomSeries(volume, { edit }),
      `5.dcm is of the series, but can't be read as a slice of it (${reason})`,
    );
  });

  test.each([
    [0, '9.9'],
    [5, '9.9'],
    [5, ''],
  ])('misses no slice at an end that alone is of another series: %i of "%s"', (n, uid) => {
    const edit = (k: number): DicomElements => (k === n ? { '0020000e': ['UI', uid] } : {});
    return refused(
      dicomSeries(volume, { edit }),
      `${n}.dcm lies where the next slice of the series would, but says that it is of another series`,
    );
  });

  test('passes over a slice of another series that lies elsewhere', async () => {
    const edit = (k: number): DicomElements =>
      k === 5 ? { '0020000e': ['UI', '9.9'], '00200032': ['DS', '-100.5\\-80.25\\56'] } : {};
    const { volume: result, warnings } = await read(dicomSeries(volume, { edit }));
    expect(result.geometry.size).toEqual([5, 4, 5]);
    expect(warnings).toEqual(['Passed over another series: "Chest", 1 slice.']);
  });

  test.each<[string, DicomElements]>([
    ['patients', { '00100020': ['LO', 'another'] }],
    ['frames of reference', { '00200052': ['UI', '1.2.3.4'] }],
  ])('names the slice where a series mixes %s', (what, elements) => {
    const edit = (k: number): DicomElements => (k === 5 ? elements : {});
    return refused(dicomSeries(volume, { edit }), `The series mixes ${what}: 5.dcm has another than 0.dcm.`);
  });

  test.each([0, 3, 5])('names a slice whose pixels are cut: %i', (n) => {
    const files = dicomSeries(volume).map((file, k) =>
      k === n ? { ...file, bytes: file.bytes.slice(0, -11) } : file,
    );
    return refused(files, `${n}.dcm is cut short: 5 x 4 pixels take 40 bytes, it has 29 of them`);
  });

  test.each([0, 3, 5])('misses no slice that was cut to nothing: %i', (n) => {
    const files = dicomSeries(volume).map((file, k) =>
      k === n ? { ...file, bytes: new Uint8Array(0) } : file,
    );
    return refused(files, `${n}.dcm is named like the slices beside it, but is not a DICOM file`);
  });

  test.each([0, 3, 5])('refuses slice %i without a position, which at an end would leave no gap', (k) =>
    refused(
      dicomSeries(volume, { edit: (n): DicomElements => (n === k ? { '00200032': ['DS', ''] } : {}) }),
      `${k}.dcm is of the series, but can't be read as a slice of it (without a position, an orientation or a spacing)`,
    ),
  );

  test('refuses a frame without a position', () => {
    const edit = (n: number): DicomElements => (n === 0 ? { '00200032': ['DS', ''] } : {});
    return refused(
      enhancedDicom(volume, { edit }),
      "enhanced.dcm (frame 6) is of the series, but can't be read as a slice of it (several frames without a position for each)",
    );
  });

  test('refuses a series of which some slices are rescaled and others not', () => {
    const edit = (n: number): DicomElements => (n === 4 ? { '00281052': ['DS', ''] } : {});
    return refused(
      dicomSeries(volume, { edit }),
      '4.dcm has no rescale slope and intercept, which 0.dcm of the same series has',
    );
  });

  test('refuses numbers that a table turns into HU', () =>
    refused(
      dicomSeries(volume, { edit: () => ({ '00283000': ['SQ', [{ '00283002': ['US', 16] }]] }) }),
      '0.dcm has a table (Modality LUT) that turns its numbers into HU',
    ));

  test('refuses one slice as a 2-D image', async () => {
    const [file] = dicomSeries(volume);
    await refused([file!], '0.dcm is a 2-D image: 5 x 4 x 1. lungseg needs a volume of several slices');
    await expect(dicomReader.read([file!])).rejects.toThrow('0.dcm is a 2-D image: 5 x 4 x 1');
  });

  test('refuses an orientation that is none', () => {
    const edit = (): DicomElements => ({ '00200037': ['DS', '1\\0\\0\\1\\0\\0'] });
    return refused(dicomSeries(volume, { edit }), /its orientation should be two directions at right angles/);
  });

  test('says that compressed slices need a codec where there is none', () =>
    refused(
      dicomSeries(volume, { transferSyntax: JPEG_LS_LOSSLESS }),
      '0.dcm is compressed DICOM, and no codec for it was given',
    ));

  test('passes over frames that have no positions', () =>
    refused(
      dicomSeries(volume, { edit: () => ({ '00280008': ['IS', '30'] }) }).slice(0, 1),
      /no CT slices in DICOM: of 1 file, 1 several frames without a position for each/,
    ));

  test('names a transfer syntax that it does not read', () =>
    refused(
      dicomSeries(volume, { transferSyntax: '1.2.840.10008.1.2.4.201' }),
      "0.dcm has the transfer syntax 1.2.840.10008.1.2.4.201, which lungseg doesn't read",
    ));
});

describe('choosing among files', () => {
  const other = (uid: string, size: number, more: DicomElements = {}) =>
    dicomSeries(huVolume({ size: [5, 4, size] }), { seriesInstanceUid: uid, edit: () => more }).map(
      (file) => ({
        ...file,
        name: `${uid}/${file.name}`,
      }),
    );

  test('passes over what is not a CT slice, and says so', async () => {
    const files = [
      ...dicomSeries(volume),
      ...other('9.1', 1, { '00080008': ['CS', 'ORIGINAL\\PRIMARY\\LOCALIZER'] }),
      ...other('9.2', 2, { '00080060': ['CS', 'PT'] }),
      ...other('9.3', 1, { '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'] }),
      { name: 'report', bytes: dicomFile({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.88.67'] }) },
      { name: 'notes.txt', bytes: new TextEncoder().encode('hello') },
    ];
    const { volume: result, warnings } = await read(files);
    expect(result.data).toEqual(volume.data);
    expect(warnings).toEqual([
      'Passed over 1 file (localizer): 9.1/0.dcm.',
      'Passed over 2 files (modality PT): 9.2/0.dcm, 9.2/1.dcm.',
      'Passed over 1 file (secondary capture): 9.3/0.dcm.',
      'Passed over 1 file (dose report): report.',
      'Passed over 1 file (not DICOM): notes.txt.',
    ]);
  });

  test('reads the axial series of most slices, and names the other', async () => {
    const { volume: result, warnings } = await read([...other('9.1', 3), ...dicomSeries(volume)]);
    expect(result.geometry.size).toEqual([5, 4, 6]);
    expect(warnings).toEqual(['Passed over another series: "Chest", 3 slices.']);
  });

  test('prefers axial slices to a longer coronal series', async () => {
    const coronal = dicomSeries(huVolume({ size: [5, 4, 9], direction: rotationOf(-Math.PI / 2, 0, 0) }), {
      seriesInstanceUid: '9.1',
    });
    const { dicom } = await read([
      ...coronal.map((f) => ({ ...f, name: `c${f.name}` })),
      ...dicomSeries(volume),
    ]);
    expect(dicom!.seriesInstanceUid).toBe('1.2.3.4');
  });

  test('reads the only series where it is coronal, and says so', async () => {
    const coronal = huVolume({ direction: rotationOf(-Math.PI / 2, 0, 0) });
    const { volume: result, warnings } = await read(dicomSeries(coronal));
    expectSamePlace(result.geometry, coronal.geometry);
    expect(warnings).toEqual(['The series is coronal, not axial.']);
  });

  test('lists the series where none is axial', async () => {
    const direction = rotationOf(-Math.PI / 2, 0, 0);
    const [one, two] = ['9.1', '9.2'].map((seriesInstanceUid) =>
      dicomSeries(huVolume({ direction }), { seriesInstanceUid }),
    );
    await expect(read([...one!, ...two!])).rejects.toThrow(/no axial CT series.*\n {2}9\.1 .*coronal/);
  });

  test('lists two series of as many slices, and reads the one whose UID is given', async () => {
    const files = [...other('9.1', 6), ...dicomSeries(volume)];
    await expect(read(files)).rejects.toThrow(
      /2 axial CT series, and none is the obvious one\. Pick one by its UID, in the option series:\n {2}9\.1 {2}CT, "Chest", axial, 5 x 4 x 6\n {2}1\.2\.3\.4 /,
    );
    expect((await read(files, '9.1')).dicom!.seriesInstanceUid).toBe('9.1');
    await expect(read(files, '7')).rejects.toThrow('no CT series with the UID 7. It has:\n  9.1');
  });

  test('does not choose between patients, however many slices they have', () =>
    expect(
      read([...other('9.1', 3, { '00100020': ['LO', 'other'] }), ...dicomSeries(volume)]),
    ).rejects.toThrow('none is the obvious one'));

  test('says what is there where there is no CT', () =>
    expect(read(other('9.1', 2, { '00080060': ['CS', 'MR'] }))).rejects.toThrow(
      'The input has no CT slices in DICOM: of 2 files, 2 modality MR.',
    ));

  test('stops when its signal does', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(readVolumeFromFiles(dicomSeries(volume), { signal })).rejects.toThrow('stopped');
  });

  test('keeps the place of an oblique series', async () => {
    const oblique = huVolume({ direction: rotationOf(0.2, -0.1, 0.3), origin: [12.5, -300, 7] });
    const { volume: result } = await read(dicomSeries(oblique));
    geometryToRasAffine(result.geometry).forEach((value, n) =>
      expect(value).toBeCloseTo(geometryToRasAffine(oblique.geometry)[n]!, 4),
    );
  });
});
