import { expect, test } from '@jest/globals';
import { voxelsBeyondEdges } from './voxels-beyond-edges.js';

test('covers 24 mm in the plane and 48 mm across it, by whole voxels', () => {
  expect(voxelsBeyondEdges([1.5, 1.5, 3])).toEqual([16, 16, 16]);
  expect(voxelsBeyondEdges([0.8, 7, 50])).toEqual([30, 4, 1]);
});
