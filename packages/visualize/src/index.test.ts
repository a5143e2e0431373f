import { expect, test } from '@jest/globals';
import * as visualize from './index.js';

test('the public names are these', () => {
  expect(Object.keys(visualize).sort()).toEqual(['drawSlice', 'encodePng', 'patientView', 'slicePicture']);
});
