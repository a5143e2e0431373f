import { expect, test } from '@jest/globals';
import type { Mat3 } from '@lungseg/core';
import { patientView } from './patient-view.js';
import { makeChest, storedAlong } from './testing/chest.js';

test.each<[string, Mat3]>([
  ['sagittal slices', [0, 0, -1, 1, 0, 0, 0, -1, 0]],
  ['axial slices from the head down, from the left', [-1, 0, 0, 0, 1, 0, 0, 0, -1]],
  ['coronal slices', [1, 0, 0, 0, 0, 1, 0, -1, 0]],
])('a view finds each voxel where core places it in the patient: %s', (_name, direction) => {
  const { image } = makeChest([10, 12, 14], [4, 5, 6]);
  const stored = storedAlong(image, direction);
  const view = patientView(stored.geometry);
  expect(view.size).toEqual([10, 12, 14]);
  expect(view.spacing).toEqual([4, 5, 6]);
  const seen: number[] = [];
  for (let z = 0; z < 14; z++) {
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 10; x++) {
        seen.push(stored.data[view.offset + x * view.stride[0] + y * view.stride[1] + z * view.stride[2]]!);
      }
    }
  }
  expect(seen).toEqual([...image.data]);
});
