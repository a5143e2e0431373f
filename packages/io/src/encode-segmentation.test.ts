import { describe, expect, test } from '@jest/globals';
import { createVolume, indexToWorld, type Vec3, type Volume } from '@lungseg/core';
import fc from 'fast-check';
import { encodeNifti } from './nifti-writer.js';
import { encodeSegmentation, segmentationSource } from './encode-segmentation.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { LUNG_SEGMENTS } from './segments.js';
import { codeOf, itemOf, itemsOf, parseDicom, readSegmentation } from './testing/read-segmentation.js';
import { dicomSeries, type DicomElements } from './testing/synthetic-dicom.js';
import { huVolume, rotationOf } from './testing/volumes.js';

const algorithm = {
  name: 'ahnet-small',
  version: '0.1.0',
  weightsSha256: '9dd3361632fbe3abc4e6c3ac8d6af7c23f4e2d8f190f2366cc4ed847875f0077',
  softwareVersion: '0.1.0',
};
const segments = LUNG_SEGMENTS['left-right'];

const readSeries = async (image: Volume, elements: DicomElements = {}) =>
  readVolumeFromFiles(dicomSeries(image, { edit: () => elements }));
const labelMap = (image: Volume, labelAt: (n: number) => number): Volume =>
  createVolume(
    Uint8Array.from(image.data, (_, n) => labelAt(n)),
    image.geometry,
    'label',
  );

describe('a DICOM segmentation', () => {
  test('gives each label back bit for bit, frame by frame at its place (fast-check)', async () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(angle, angle, angle),
        // Sizes whose frames don't end at a byte's end.
        fc.tuple(
          fc.integer({ min: 1, max: 7 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 2, max: 6 }),
        ),
        fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
        async (angles, size, labels) => {
          const image = huVolume({
            size,
            direction: rotationOf(...angles),
            origin: [-211.25, 13.5, -700.125],
          });
          const { volume, dicom } = await readSeries(image);
          const mask = labelMap(volume, () => labels.next().value as number);
          const frames = readSegmentation(
            parseDicom(encodeSegmentation(mask, { source: dicom!, segments, algorithm })),
          );
          expect(frames).toHaveLength(2 * size[2]);
          const plane = size[0] * size[1];
          frames.forEach((frame, n) => {
            const k = n % size[2];
            expect(frame.segment).toBe(n < size[2] ? 1 : 2);
            const expected = mask.data.slice(k * plane, (k + 1) * plane);
            expect(frame.pixels).toEqual(
              Uint8Array.from(expected, (label) => Number(label === frame.segment)),
            );
            for (const corner of [
              [0, 0, 0],
              [size[0] - 1, size[1] - 1, 0],
            ] as Vec3[]) {
              const place = indexToWorld(mask.geometry, [corner[0], corner[1], k]);
              indexToWorld(frame.geometry, corner).forEach((mm, axis) =>
                expect(mm).toBeCloseTo(place[axis]!, 6),
              );
            }
            expect(frame.sourceInstance).toBe(dicom!.slices[k]!.sopInstanceUid);
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test.each([
    ['feet first along k, as scanners store', rotationOf(0, 0, 0)],
    ['prone', rotationOf(0, 0, Math.PI)],
    ['head first along k', rotationOf(Math.PI, 0, 0)],
    ['coronal', rotationOf(-Math.PI / 2, 0, 0)],
    ['oblique', rotationOf(0.3, -0.2, 2.5)],
  ])('keeps right right from DICOM to NIfTI to DICOM: %s', async (_, direction) => {
    // The patient's middle lies at x = 0; in LPS the right is where x is negative.
    const size: Vec3 = [12, 11, 10];
    const centred = huVolume({ size, spacing: [1.5, 2, 2.5], direction });
    const middle = indexToWorld(centred.geometry, [5.5, 5, 4.5]);
    const image = huVolume({ ...centred.geometry, origin: middle.map((mm) => -mm) as unknown as Vec3 });
    const { volume, dicom } = await readSeries(image);

    // A large ball on the right, to the front and the head; a small one on the left, to the back and the feet.
    const balls = [
      { label: 1, centre: [-5, -3, 4], radius: 5 },
      { label: 2, centre: [5, 3, -4], radius: 3 },
    ];
    const labelled = labelMap(volume, (n) => {
      const place = indexToWorld(volume.geometry, [n % 12, Math.floor(n / 12) % 11, Math.floor(n / 132)]);
      const inside = ({ centre, radius }: (typeof balls)[number]): boolean =>
        Math.hypot(...place.map((mm, axis) => mm - centre[axis]!)) <= radius;
      return balls.find(inside)?.label ?? 0;
    });
    const { header, voxels } = encodeNifti(labelled);
    const bytes = new Uint8Array(Buffer.concat([header, voxels]));
    const { volume: mask } = await readVolumeFromFiles([{ name: 'mask.nii', bytes }], { kind: 'label' });
    const data = parseDicom(encodeSegmentation(mask, { source: dicom!, segments, algorithm }));

    const codes = itemsOf(data, '00620002').map((item) => codeOf(itemOf(item, '0062000f', '00620011'))[2]);
    const found: Record<string, Vec3[]> = { Right: [], Left: [] };
    for (const { segment, pixels, geometry } of readSegmentation(data)) {
      pixels.forEach((bit, n) => {
        if (bit === 1)
          found[codes[segment - 1]!]!.push(indexToWorld(geometry, [n % 12, Math.floor(n / 12), 0]));
      });
    }
    const [right, left] = [found['Right']!, found['Left']!];
    expect(right.length).toBeGreaterThan(2 * left.length);
    expect(left.length).toBeGreaterThan(5);
    for (const [x, y, z] of right) expect(Math.hypot(x + 5, y + 3, z - 4)).toBeLessThan(5.001);
    for (const [x, y, z] of left) expect(Math.hypot(x - 5, y - 3, z + 4)).toBeLessThan(3.001);
  });

  test('names the lungs by SNOMED CT, and the algorithm with its version and the hash of its weights', async () => {
    const { volume, dicom } = await readSeries(huVolume());
    const data = parseDicom(
      encodeSegmentation(
        labelMap(volume, () => 0),
        { source: dicom!, segments, algorithm },
      ),
    );
    const items = itemsOf(data, '00620002');
    expect(items.map((item) => item.uint16('x00620004'))).toEqual([1, 2]);
    for (const item of items) {
      expect(codeOf(itemOf(item, '00620003'))).toEqual(['123037004', 'SCT', 'Anatomical Structure']);
      expect(codeOf(itemOf(item, '0062000f'))).toEqual(['39607008', 'SCT', 'Lung']);
      expect(item.string('x00620008')).toBe('AUTOMATIC');
      const identification = itemOf(item, '00620007');
      expect(identification.string('x00660036')).toBe('ahnet-small');
      expect(identification.string('x00660031')).toBe('0.1.0');
      expect(identification.string('x00660032')).toContain(algorithm.weightsSha256);
    }
    expect(items.map((item) => codeOf(itemOf(item, '0062000f', '00620011')))).toEqual([
      ['24028007', 'SCT', 'Right'],
      ['7771000', 'SCT', 'Left'],
    ]);
  });

  test('has both lungs as one segment where the mask has', async () => {
    const { volume, dicom } = await readSeries(huVolume());
    const mask = labelMap(volume, (n) => n % 2);
    const details = { source: dicom!, segments: LUNG_SEGMENTS.lung, algorithm };
    const data = parseDicom(encodeSegmentation(mask, details));
    expect(itemsOf(data, '00620002').map((item) => item.string('x00620005'))).toEqual(['Lungs']);
    expect(itemOf(data, '00620002', '0062000f').elements['x00620011']).toBeUndefined();
    const bits = readSegmentation(data).flatMap(({ pixels }) => [...pixels]);
    expect(bits).toEqual([...mask.data]);
  });

  test('takes over patient, study and frame of reference, in whatever character set, and has UIDs of its own', async () => {
    const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const { volume, dicom } = await readSeries(huVolume(), {
      '00080005': ['CS', 'ISO_IR 100'],
      '00080020': ['DA', '20240229'],
      '00080050': ['SH', 'A-17'],
      '00100010': ['PN', latin1('Müller^Zoë')],
      '00100040': ['CS', 'F'],
      '00101010': ['AS', '061Y'],
    });
    const mask = labelMap(volume, () => 1);
    const encode = () => parseDicom(encodeSegmentation(mask, { source: dicom!, segments, algorithm }));
    const data = encode();
    const { dataOffset, length } = data.elements['x00100010']!;
    const name = Buffer.from(data.byteArray.subarray(dataOffset, dataOffset + length))
      .toString('utf8')
      .trim();
    expect([data.string('x00080005'), name]).toEqual(['ISO_IR 192', 'Müller^Zoë']);
    const texts = ['x00080020', 'x00080050', 'x00100020', 'x00100040', 'x00101010', 'x0020000d', 'x00200052'];
    expect(texts.map((tag) => data.string(tag))).toEqual([
      '20240229',
      'A-17',
      'patient',
      'F',
      '061Y',
      '1.2.3',
      '1.2.5',
    ]);
    const referenced = itemOf(data, '00081115');
    expect(referenced.string('x0020000e')).toBe('1.2.3.4');
    expect(itemsOf(referenced, '0008114a').map((item) => item.string('x00081155'))).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `1.2.3.4.${n}`),
    );
    const uids = [data, encode()].flatMap((file) => [file.string('x00080018')!, file.string('x0020000e')!]);
    expect(new Set(uids).size).toBe(4);
    for (const uid of uids) expect(uid).toMatch(/^2\.25\.[1-9]\d{1,38}$/);
  });

  test('carries the codes of de-identification', async () => {
    const { volume, dicom } = await readSeries(huVolume(), { '00120062': ['CS', 'YES'] });
    const source = {
      ...dicom!,
      attributes: {
        ...dicom!.attributes,
        '00120064': ['SQ', [{ '00080100': ['SH', '113100'], '00080102': ['SH', 'DCM'] }]] as const,
      },
    };
    const data = parseDicom(
      encodeSegmentation(
        labelMap(volume, () => 1),
        { source, segments, algorithm },
      ),
    );
    expect(data.string('x00120062')).toBe('YES');
    expect(codeOf(itemOf(data, '00120064')).slice(0, 2)).toEqual(['113100', 'DCM']);
  });
});

describe('a DICOM segmentation that would be wrong is refused', () => {
  test('a mask on another grid: shifted, cropped, turned', async () => {
    const { volume, dicom } = await readSeries(huVolume());
    const mask = labelMap(volume, () => 1);
    const details = { source: dicom!, segments, algorithm };
    const { geometry } = volume;
    const others = [
      { ...geometry, origin: [0, 0, 2.5] as const },
      { ...geometry, direction: rotationOf(0, 0, Math.PI) },
      { ...geometry, spacing: [0.7, 1.25, 2.4] as const },
    ];
    for (const other of others) {
      expect(() => encodeSegmentation({ ...mask, geometry: other }, details)).toThrow(
        /must lie on the grid of its series: 5 x 4 x 6 voxels from 0\.000, 0\.000, 0\.000\. Received:/,
      );
    }
    const cropped = createVolume(new Uint8Array(100), { ...geometry, size: [5, 4, 5] }, 'label');
    expect(() => encodeSegmentation(cropped, details)).toThrow('Received: 5 x 4 x 5 voxels');
  });

  test('a label without a segment', async () => {
    const { volume, dicom } = await readSeries(huVolume());
    const mask = labelMap(volume, (n) => (n === 77 ? 3 : 0));
    expect(() => encodeSegmentation(mask, { source: dicom!, segments, algorithm })).toThrow(
      'Each label of a DICOM segmentation must have a segment: 1, 2. Received: 3.',
    );
  });

  test('input that was not DICOM', async () => {
    const { header, voxels } = encodeNifti(huVolume());
    const bytes = new Uint8Array(Buffer.concat([header, voxels]));
    const read = await readVolumeFromFiles([{ name: 'ct.nii', bytes }]);
    expect(() => segmentationSource(read)).toThrow(
      'A DICOM segmentation (.dcm) must have a DICOM series as its source. Received: nifti input.',
    );
  });

  test('a series that was resampled, whose slices are no longer those of the mask', async () => {
    const files = dicomSeries(huVolume()).filter((_, k) => k !== 2);
    const read = await readVolumeFromFiles(files, { allowGaps: true });
    expect(() => segmentationSource(read)).toThrow(
      'must lie on the slices of its series. Received: a series that was resampled',
    );
  });

  test('a series without the identifiers to refer to it by', async () => {
    const read = await readSeries(huVolume(), { '00200052': ['UI', ''], '00080018': ['UI', ''] });
    expect(() => segmentationSource(read)).toThrow(
      'The series lacks: FrameOfReferenceUID, SOPInstanceUID. Export it again',
    );
  });
});
