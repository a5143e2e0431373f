import { expect, test } from '@jest/globals';
import { decode } from 'fast-png';
import { encodePng } from './encode-png.js';

test('a PNG has the size and the pixels of its picture', async () => {
  const data = Uint8ClampedArray.of(255, 0, 0, 0, 170, 255, 7, 8, 9, 0, 0, 0, 255, 255, 255, 1, 2, 3);
  const png = decode(await encodePng({ width: 3, height: 2, data }));
  expect([png.width, png.height, png.channels, png.depth]).toEqual([3, 2, 3, 8]);
  expect([...png.data]).toEqual([...data]);
});
