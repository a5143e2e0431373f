import { expect, test } from '@jest/globals';
import { dicomLab } from './dicom-colour.js';

// L*, a* and b* under D50 as colour calculators give them: white 100, 0, 0; red 54.29, 80.80, 69.89.
test.each([
  ['white', [255, 255, 255], [65535, 32896, 32896]],
  ['black', [0, 0, 0], [0, 32896, 32896]],
  [
    'red',
    [255, 0, 0],
    [Math.round(0.5429 * 65535), Math.round((80.8 + 128) * 257), Math.round((69.89 + 128) * 257)],
  ],
] as const)('CIELab of %s', (_, colour, expected) => {
  dicomLab(colour).forEach((value, n) => expect(Math.abs(value - expected[n]!)).toBeLessThan(8));
});
