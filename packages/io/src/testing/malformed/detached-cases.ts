import type { NamedBytes } from '@lungseg/core';
import { encodeMetaImageHeader, metaImageVoxels } from '../../meta-image-writer.js';
import { huVolume } from '../volumes.js';
import type { MalformedCase } from './damage.js';

const volume = huVolume({ origin: [-10, 20, 30] });
const voxels = metaImageVoxels(volume);

const headerNaming = (file: string): Uint8Array =>
  new TextEncoder().encode(
    new TextDecoder()
      .decode(encodeMetaImageHeader(volume, 0))
      .replace(/CompressedData = True\nCompressedDataSize = 0\n/, '')
      .replace('ElementDataFile = LOCAL', `ElementDataFile = ${file}`),
  );

/** MetaImage in two files, whose header names a file that it must not, or whose voxels aren't there. */
export function detachedCases(): MalformedCase[] {
  const format = 'MHD';
  const add = (name: string, header: Uint8Array, data: readonly NamedBytes[]): MalformedCase => ({
    name: `${format}: ${name}`,
    format,
    mustFail: true,
    make: () => [{ name: 'image.mhd', bytes: header }, ...data],
  });
  const beside = (bytes: Uint8Array): NamedBytes[] => [{ name: 'image.raw', bytes }];
  const names = [
    '/etc/passwd',
    '../image.raw',
    '..\\image.raw',
    'C:\\image.raw',
    'file:///etc/passwd',
    'image.raw.other',
    'IMAGE.RAW',
    'LIST',
    'image%03d.raw 1 6 1',
    '..',
    '.',
    '',
    'image.mhd',
    'image.raw\0',
  ];
  return [
    ...names.map((name) => add(`names ${JSON.stringify(name)}`, headerNaming(name), beside(voxels))),
    add('without its voxels', headerNaming('image.raw'), []),
    add('with a file of no bytes', headerNaming('image.raw'), beside(new Uint8Array(0))),
    add('with a byte too few', headerNaming('image.raw'), beside(voxels.subarray(1))),
    add('with voxels that are a header', headerNaming('image.raw'), beside(headerNaming('image.raw'))),
  ];
}
