import { expect, test } from '@jest/globals';
import * as data from './index.js';

test('the public names are these', () => {
  expect(Object.keys(data).sort()).toEqual([
    'PHANTOM_COVERAGES',
    'PHANTOM_PRESETS',
    'cacheSamples',
    'createThoraxPhantom',
    'diskStore',
    'formatReport',
    'loadSample',
    'loadSamples',
    'memoryStore',
    'parseCsvDatalist',
    'parseDatalist',
    'prefetch',
    'readDatalist',
    'readNnunetFolder',
    'renderPhantom',
    'samplePhantomParams',
    'splitFolds',
    'verifyCase',
    'verifyDatalist',
  ]);
});
