import { expect, test } from '@jest/globals';
import * as data from './index.js';

test('the public names are these', () => {
  expect(Object.keys(data).sort()).toEqual([
    'createThoraxPhantom',
    'parseDatalist',
    'readDatalist',
    'renderPhantom',
    'samplePhantomParams',
    'splitFolds',
  ]);
});
