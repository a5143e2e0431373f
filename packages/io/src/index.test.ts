import { expect, test } from '@jest/globals';
import * as io from './index.js';

test('the public names are these', () => {
  expect(Object.keys(io).sort()).toEqual([
    'LUNG_SEGMENTS',
    'WRITABLE_EXTENSIONS',
    'assertHounsfield',
    'assertWritable',
    'cleanPadding',
    'dicomReader',
    'encodeSegmentation',
    'filesReadFrom',
    'isDicomImage',
    'listSeries',
    'makeFolder',
    'metaImageReader',
    'nearestFolder',
    'niftiReader',
    'nodeCodecs',
    'nrrdReader',
    'readCt',
    'readVolume',
    'readVolumeFromFiles',
    'readers',
    'segmentationSource',
    'writableExtension',
    'writeVolume',
  ]);
});
