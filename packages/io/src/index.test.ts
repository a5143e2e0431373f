import { expect, test } from '@jest/globals';
import * as io from './index.js';

test('the public names are these', () => {
  expect(Object.keys(io).sort()).toEqual([
    'LUNG_SEGMENTS',
    'WRITABLE_EXTENSIONS',
    'dicomReader',
    'encodeSegmentation',
    'metaImageReader',
    'niftiReader',
    'nodeCodecs',
    'nrrdReader',
    'readVolume',
    'readVolumeFromFiles',
    'readers',
    'segmentationSource',
    'writableExtension',
    'writeVolume',
  ]);
});
