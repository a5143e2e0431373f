import { expect, test } from '@jest/globals';
import * as io from './index.js';

test('the public names are these', () => {
  expect(Object.keys(io).sort()).toEqual([
    'WRITABLE_EXTENSIONS',
    'dicomReader',
    'metaImageReader',
    'niftiReader',
    'nodeCodecs',
    'nrrdReader',
    'readVolume',
    'readVolumeFromFiles',
    'readers',
    'writableExtension',
    'writeVolume',
  ]);
});
