import { deflateSync, gzipSync } from 'node:zlib';
import type { Rng } from '@lungseg/core';
import { encodeMetaImageHeader, metaImageVoxels } from '../../meta-image-writer.js';
import { encodeNrrd } from '../../nrrd-writer.js';
import { huVolume } from '../volumes.js';
import { gzipBombOfOneMember, zlibBomb } from './bombs.js';
import { CaseList, joined, type MalformedCase } from './damage.js';

/** A format with a text header, as lines. */
interface TextFormat {
  readonly name: string;
  readonly file: string;
  readonly lines: readonly string[];
  readonly voxels: Uint8Array;
  /** Values that a line must not have. */
  readonly wrong: Readonly<Record<string, readonly string[]>>;
  /** Lines that may be missing. */
  readonly optional: RegExp;
  readonly bomb: (megabytes: number) => Uint8Array;
  readonly sizes: (size: string) => string;
  readonly sizesLine: string;
}

const NUMBERS = ['NaN', 'inf', '-inf', '', 'one', '1e400'];

function nrrd(): TextFormat {
  const { header, voxels } = encodeNrrd(huVolume({ origin: [-10, 20, 30] }));
  const vectors = (value: string): string => `(${value},0,0) (0,1.25,0) (0,0,2.5)`;
  return {
    name: 'NRRD',
    file: 'image.nrrd',
    lines: new TextDecoder().decode(header).split('\n').slice(0, -1),
    voxels: new Uint8Array(gzipSync(voxels)),
    wrong: {
      type: ['block', 'short short', ''],
      dimension: ['0', '2', '4', '-3', 'NaN', '3000000000'],
      space: ['', 'scanner-xyz', '3D-right-handed'],
      sizes: ['5 4', '5 4 0', '5 4 -6', '5 4 NaN', '5 4 6.5', '5 4 1e999', '5 4 6 7', '5 4 7', '5 4 1'],
      'space directions': [
        ...[...NUMBERS, '0'].map(vectors),
        'none none none',
        '(1,0,0) (0,1,0)',
        '(1,0,0) (1,0,0) (0,0,1)',
        '(1,0) (0,1) (0,0)',
        '(1,0,0) (0.5,1,0) (0,0,1)',
      ],
      endian: ['middle', ''],
      encoding: ['bzip2', 'hex', 'ascii', ''],
      'space origin': [...NUMBERS.map((value) => `(${value},0,0)`), '(1,2)', 'none'],
      'data file': ['/etc/passwd', '../other.raw', 'LIST'],
      'byte skip': ['-1', '99999999999'],
      'line skip': ['1000000000'],
    },
    optional: /^(kinds|space origin)/,
    bomb: gzipBombOfOneMember,
    sizes: (size) => `sizes: ${size}`,
    sizesLine: 'sizes',
  };
}

function metaImage(): TextFormat {
  const volume = huVolume({ origin: [-10, 20, 30] });
  const voxels = new Uint8Array(deflateSync(metaImageVoxels(volume)));
  const matrix = (value: string): string => `${value} 0 0 0 1 0 0 0 1`;
  return {
    name: 'MHA',
    file: 'image.mha',
    lines: new TextDecoder()
      .decode(encodeMetaImageHeader(volume, voxels.byteLength))
      .split('\n')
      .slice(0, -1),
    voxels,
    wrong: {
      NDims: ['0', '2', '4', '-1', 'NaN', ''],
      BinaryData: ['False'],
      TransformMatrix: [...[...NUMBERS, '0', '0.5'].map(matrix), '1 0 0', '1 0 0 1 0 0 0 0 1'],
      Offset: [...NUMBERS.map((value) => `${value} 0 0`), '1 2'],
      ElementSpacing: [...[...NUMBERS, '0', '-1'].map((value) => `${value} 1 1`), '1 1'],
      DimSize: ['5 4', '5 4 0', '5 4 -6', '5 4 NaN', '5 4 6.5', '5 4 1e999', '5 4 6 7', '5 4 7', '5 4 1'],
      ElementType: ['MET_SHORT_ARRAY', 'MET_NONE', '', 'short'],
      ElementNumberOfChannels: ['0', '3', 'NaN'],
      ElementDataFile: ['/etc/passwd', 'LIST', '../other.raw', ''],
      HeaderSize: ['-1', '999999999'],
    },
    optional:
      /^(ObjectType|BinaryData |BinaryDataByteOrderMSB|CompressedData |CompressedDataSize|TransformMatrix|Offset|CenterOf|Anatomical)/,
    bomb: zlibBomb,
    sizes: (size) => `DimSize = ${size}`,
    sizesLine: 'DimSize',
  };
}

/** Damaged NRRD and MetaImage files. */
export function textCases(rng: Rng): MalformedCase[] {
  return [nrrd(), metaImage()].flatMap((format) => casesOf(format, rng));
}

function casesOf(format: TextFormat, rng: Rng): MalformedCase[] {
  const { name, file, lines, voxels, wrong } = format;
  const separator = name === 'NRRD' ? ': ' : ' = ';
  const list = new CaseList(name, (bytes) => [{ name: file, bytes }]);
  const fileOf = (header: readonly string[], data: Uint8Array = voxels): Uint8Array =>
    joined(new TextEncoder().encode(`${header.join('\n')}\n`), data);
  const whole = fileOf(lines);
  const headerBytes = whole.byteLength - voxels.byteLength;
  let position = 0;
  const ends = lines.map(
    (line) => [`the end of "${line.slice(0, 20)}"`, (position += line.length + 1)] as const,
  );
  list.cutAt(whole, { 'the start': 0, ...Object.fromEntries(ends), 'the end': whole.byteLength - 1 });
  list.flipBits(whole, rng, 60, [0, headerBytes]);
  list.flipBits(whole, rng, 20, [headerBytes, whole.byteLength]);
  const replaced = (key: string, value: string): string[] => {
    const line = `${key}${separator}${value}`;
    const at = lines.findIndex((candidate) => candidate.startsWith(key + separator));
    return at < 0 ? [lines[0]!, line, ...lines.slice(1)] : lines.map((old, n) => (n === at ? line : old));
  };
  for (const [key, values] of Object.entries(wrong)) {
    for (const value of values) list.add(`${key} "${value}"`, () => fileOf(replaced(key, value)));
  }
  lines.forEach((line, n) => {
    if (line === '') return;
    const without = lines.filter((_, other) => other !== n);
    list.add(`without "${line.split(separator)[0]}"`, () => fileOf(without), !format.optional.test(line));
  });
  list.add('a header of 2 MB', () =>
    fileOf([
      ...lines.slice(0, 2),
      ...Array.from({ length: 40_000 }, () => `#${'x'.repeat(50)}`),
      ...lines.slice(2),
    ]),
  );
  list.add('a header of one line of 2 MB', () => fileOf([`${lines[0]}${'x'.repeat(2 ** 21)}`]));
  promises(list, format, replaced, fileOf);
  return list.cases;
}

function promises(
  list: CaseList,
  { bomb, sizesLine }: TextFormat,
  replaced: (key: string, value: string) => string[],
  fileOf: (header: readonly string[], data?: Uint8Array) => Uint8Array,
): void {
  for (const size of [
    '2000 2000 500',
    '2000000000 2 1000000000',
    '99999999999999999999 1 2',
    '65536 65536 65536',
  ])
    list.add(`sizes of ${size}`, () => fileOf(replaced(sizesLine, size)));
  list.add('8 GB of zeros behind the voxels', () => fileOf(replaced(sizesLine, '5 4 6'), bomb(8192)));
  list.add('4 GB of zeros, as promised', () => fileOf(replaced(sizesLine, '2000 2000 500'), bomb(4096)));
  list.add('voxels that are empty', () => fileOf(replaced(sizesLine, '5 4 6'), new Uint8Array(0)));
  list.add('voxels that are a text', () =>
    fileOf(replaced(sizesLine, '5 4 6'), new TextEncoder().encode('these are no voxels at all')),
  );
}
