import { describe, expect, test } from '@jest/globals';
import {
  axisCodes,
  createVolume,
  indexToWorld,
  rasAffineToGeometry,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { encodeSegmentation } from './encode-segmentation.js';
import { encodeNifti } from './nifti-writer.js';
import { readVolumeFromFiles } from './read-volume-from-files.js';
import { LUNG_SEGMENTS } from './segments.js';
import { expectSamePlace } from './testing/describe-reader.js';
import { readOrientationFixtures } from './testing/orientation-fixtures.js';
import { forEachVoxel } from './testing/ramp.js';
import { codeOf, itemOf, itemsOf, parseDicom, readSegmentation } from './testing/read-segmentation.js';

const fixtures = readOrientationFixtures();

describe('an image in each orientation', () => {
  test.each([
    ['.nii', 48],
    ['.nrrd', 48],
    ['.mha', 48],
    // The third axis is the slices' normal.
    ['.dcm', 24],
  ])('%s has %i of them', (extension, count) => {
    const codes = fixtures.filter((fixture) => fixture.extension === extension).map(({ code }) => code);
    expect(new Set(codes).size).toBe(count);
  });

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'lies where SimpleITK says, with the same HU: %s',
    async (_, { files, affine, size, values, code }) => {
      const { volume } = await readVolumeFromFiles(files);
      expectSamePlace(volume.geometry, rasAffineToGeometry(affine, size));
      expect(axisCodes(volume.geometry)).toBe(code);
      expect(Array.from(volume.data)).toEqual(values);
    },
  );
});

describe('a mask of an asymmetric object', () => {
  /** Right, at the back and low more than left: by the patient's own axes (LPS) about the image's middle. */
  const labelAt = ([x, y, z]: Vec3, [mx, my, mz]: Vec3): number => {
    if (x < mx) return z - mz + 0.3 * (y - my) < 2.2 ? 1 : 0;
    return y - my + 0.2 * (z - mz) < -0.4 ? 2 : 0;
  };

  const maskOf = ({ data, geometry }: Volume): { mask: Volume; middle: Vec3 } => {
    const middle = indexToWorld(geometry, geometry.size.map((n) => (n - 1) / 2) as unknown as Vec3);
    const labels = new Uint8Array(data.length);
    forEachVoxel(geometry, (i, j, k, n) => {
      labels[n] = labelAt(indexToWorld(geometry, [i, j, k]), middle);
    });
    return { mask: createVolume(labels, geometry, 'label'), middle };
  };

  test.each(
    fixtures
      .filter(({ extension }) => extension === '.dcm')
      .map((fixture) => [fixture.name, fixture] as const),
  )('keeps each side from DICOM to NIfTI to DICOM SEG: %s', async (_, { files }) => {
    const { volume, dicom } = await readVolumeFromFiles(files);
    const { mask, middle } = maskOf(volume);
    const { header, voxels } = encodeNifti(mask);
    const nifti = { name: 'mask.nii', bytes: new Uint8Array(Buffer.concat([header, voxels])) };
    const { volume: read } = await readVolumeFromFiles([nifti], { kind: 'label' });
    const algorithm = { name: 'model', version: '1.0.0', softwareVersion: '0.1.0' };
    const segments = LUNG_SEGMENTS['left-right'];
    const data = parseDicom(encodeSegmentation(read, { source: dicom!, segments, algorithm }));

    const sides = itemsOf(data, '00620002').map((item) => codeOf(itemOf(item, '0062000f', '00620011'))[0]);
    expect(sides).toEqual(['24028007', '7771000']);
    const found = [0, 0];
    for (const { segment, pixels, geometry } of readSegmentation(data)) {
      const wanted = new Uint8Array(pixels.length);
      forEachVoxel(geometry, (i, j, k, n) => {
        wanted[n] = Number(labelAt(indexToWorld(geometry, [i, j, k]), middle) === segment);
      });
      expect(pixels).toEqual(wanted);
      found[segment - 1]! += pixels.reduce((sum, bit) => sum + bit, 0);
    }
    for (const count of found) expect(count).toBeGreaterThan(5);
  });
});
