import { expect, test } from '@jest/globals';
import * as core from './index.js';

test('the public names are these', () => {
  expect(Object.keys(core).sort()).toEqual([
    'IDENTITY_DIRECTION',
    'InvalidArgumentError',
    'LungsegError',
    'ReadError',
    'Rng',
    'ShapeError',
    'UnsupportedError',
    'WriteError',
    'axisCodes',
    'canonicalJson',
    'cornersOf',
    'createGeometry',
    'createVolume',
    'formatSafetensors',
    'geometryToRasAffine',
    'indexToWorld',
    'invertMat3',
    'isLungsegError',
    'multiplyMat3Vec3',
    'nearestAxes',
    'parseSafetensors',
    'rasAffineToGeometry',
    'sameGrid',
    'sizeOfTensorShape',
    'squaredDistances',
    'tensorShapeOf',
    'toFloat32',
    'toJson',
    'voxelCount',
    'worldToIndex',
  ]);
});
