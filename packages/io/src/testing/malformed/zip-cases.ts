import { crc32 } from '../../zip.js';
import { strToU8, zipSync, type Zippable } from 'fflate';
import type { Rng } from '@lungseg/core';
import { dicomSeries } from '../synthetic-dicom.js';
import { huVolume } from '../volumes.js';
import { deflateBomb } from './bombs.js';
import { CaseList, edited, joined, type MalformedCase } from './damage.js';

const volume = huVolume({ origin: [-10, 20, 30] });

/** The series as a zip, under the names that a function gives. */
export function zipOf(nameOf: (k: number) => string, level: 0 | 6 = 6): Uint8Array {
  const entries: Zippable = {};
  dicomSeries(volume).forEach(({ bytes }, k) => (entries[nameOf(k)] = bytes));
  return zipSync(entries, { level, mtime: '2020-01-01' });
}

/** Damaged and hostile zips. */
export function zipCases(rng: Rng): MalformedCase[] {
  const list = new CaseList('zip', (bytes) => [{ name: 'series.zip', bytes }]);
  const zip = zipOf((k) => `ct/${k}.dcm`);
  const directory = new DataView(zip.buffer).getUint32(zip.byteLength - 6, true);
  list.cutAt(zip, {
    'the start': 0,
    'the first header': 30,
    'the first data': 40,
    middle: directory >> 1,
    'the directory': directory,
    'the second entry of the directory': directory + 55,
    'the end record': zip.byteLength - 22,
    'the end': zip.byteLength - 1,
  });
  list.flipBits(zip, rng, 40, [0, directory]);
  list.flipBits(zip, rng, 40, [directory, zip.byteLength]);
  traversals(list);
  records(list, zip, directory);
  bombs(list);
  const inner = zipSync({ 'series.zip': zip }, { level: 0 });
  list.add('a zip in a zip', () => inner);
  list.add('no files', () => zipSync({}));
  list.add('folders alone', () => zipSync({ 'ct/': new Uint8Array(0), 'ct/a/': new Uint8Array(0) }));
  list.add('texts alone', () => zipSync({ 'a.txt': strToU8('hello'), 'b.txt': strToU8('you') }));
  list.add('a name of 60000 letters', () => zipSync({ ['x'.repeat(60_000)]: strToU8('hello') }));
  return list.cases;
}

/** Names that would lead out of the folder that somebody unpacks to. */
function traversals(list: CaseList): void {
  const names = [
    '../../../../tmp/evil/',
    '/tmp/evil/',
    'C:\\evil\\',
    '..\\..\\evil\\',
    'ct/../../evil/',
    '\\\\server\\share\\',
    'ct/\0/',
    './../evil/',
  ];
  for (const name of names)
    list.add(`files in ${JSON.stringify(name)}`, () => zipOf((k) => `${name}${k}.dcm`));
}

/** Fields of the records that lie. */
function records(list: CaseList, zip: Uint8Array, directory: number): void {
  const end = zip.byteLength - 22;
  const fields: readonly [name: string, at: number, bytes: 2 | 4, values: readonly number[]][] = [
    ['number of files', end + 10, 2, [0, 5, 7, 60000, 65535]],
    ["directory's offset", end + 16, 4, [0, directory + 1, 0x7fffffff, 0xffffffff]],
    ['method of the first file', directory + 10, 2, [1, 9, 12, 14, 99]],
    ['flags of the first file', directory + 8, 2, [1]],
    ['checksum of the first file', directory + 16, 4, [0]],
    ['packed size of the first file', directory + 20, 4, [0, 1, 0x7fffffff, 0xffffffff]],
    ['size of the first file', directory + 24, 4, [0, 1, 0x7fffffff, 0xffffffff]],
    ['place of the first file', directory + 42, 4, [1, 0x7fffffff, 0xffffffff]],
    ["name's length of the first file", directory + 28, 2, [0, 65535]],
    ["extra's length of the first file", directory + 30, 2, [65535]],
  ];
  for (const [name, at, bytes, values] of fields) {
    for (const value of values) {
      const make = () =>
        edited(zip, (view) =>
          bytes === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true),
        );
      list.add(`${name} ${value}`, make);
    }
  }
}

/** What the directory and the local header say of one packed file. */
interface RawEntry {
  readonly name: string;
  readonly packed: Uint8Array;
  readonly size: number;
  readonly crc: number;
}

function bombs(list: CaseList): void {
  const bomb = (megabytes: number): RawEntry => ({
    name: '0.dcm',
    packed: deflateBomb(megabytes),
    size: megabytes * 2 ** 20,
    crc: 0,
  });
  list.add('4 GB of zeros in one file', () => rawZip([bomb(4095)], 1));
  list.add('2 GB of zeros in one file', () => rawZip([bomb(2048)], 1));
  list.add('2 GB of zeros in one file that says 1 KB', () => rawZip([{ ...bomb(2048), size: 1024 }], 1));
  list.add('1000 times the same 16 MB', () => rawZip([bomb(16)], 1000));
  list.add('250 times the same 16 MB', () => rawZip([bomb(16)], 250));
  list.add('60000 empty files', () =>
    rawZip([{ name: 'a', packed: new Uint8Array(0), size: 0, crc: 0 }], 60_000),
  );
  const large = new Uint8Array(2 ** 24);
  list.add('30 times the same 16 MB, with its checksum', () =>
    rawZip([{ ...bomb(16), crc: crc32(large) }], 30),
  );
}

/** A zip of entries as they are given; the directory lists each so many times. */
function rawZip(entries: readonly RawEntry[], times: number): Uint8Array {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, packed, size, crc } of entries) {
    const label = strToU8(name);
    const header = new Uint8Array(30);
    const view = new DataView(header.buffer);
    view.setUint32(0, 0x04034b50, true);
    view.setUint16(8, 8, true);
    view.setUint32(14, crc, true);
    view.setUint32(18, packed.byteLength, true);
    view.setUint32(22, size, true);
    view.setUint16(26, label.byteLength, true);
    locals.push(header, label, packed);
    const record = new Uint8Array(46);
    const listed = new DataView(record.buffer);
    listed.setUint32(0, 0x02014b50, true);
    listed.setUint16(10, 8, true);
    listed.setUint32(16, crc, true);
    listed.setUint32(20, packed.byteLength, true);
    listed.setUint32(24, size, true);
    listed.setUint16(28, label.byteLength, true);
    listed.setUint32(42, offset, true);
    for (let n = 0; n < times; n++) directory.push(record, label);
    offset += 30 + label.byteLength + packed.byteLength;
  }
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  const count = entries.length * times;
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(16, offset, true);
  return joined(...locals, ...directory, end);
}
