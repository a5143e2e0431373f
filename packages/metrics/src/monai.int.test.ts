import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGeometry, createVolume, parseSafetensors, type Volume } from '@lungseg/core';
import { dice } from './index.js';

const { tensors } = parseSafetensors(readFileSync(join(process.cwd(), 'fixtures', 'metrics.safetensors')));

// Both masks are read with their axes in the same wrong order, which no count of voxels can see.
const mask = (name: string): Volume =>
  createVolume(
    Uint8Array.from(tensors.get(name)!.data as Float32Array),
    createGeometry({ size: [12, 36, 40] }),
    'label',
  );

test('dice matches MONAI compute_dice', () => {
  expect(dice(mask('pred'), mask('label'))).toBeCloseTo(Number(tensors.get('dice')!.data[0]), 6);
});
