import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { build, type BuildResult } from 'esbuild';
import * as browser from './browser.js';
import * as index from './index.js';
import type * as Io from './browser.js';
import { nifti1Of } from './testing/malformed/nifti-cases.js';
import { dicomSeries } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';

const root = dirname(dirname(expect.getState().testPath!));

let bundle: BuildResult<{ metafile: true; write: false }>;
beforeAll(async () => {
  bundle = await build({
    // By the package's name, so that its exports are what is tried.
    stdin: { contents: "export * from '@lungseg/io';", resolveDir: root },
    bundle: true,
    platform: 'browser',
    conditions: ['@lungseg/source'],
    format: 'iife',
    globalName: 'io',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
});

/** What the bundle gives where there is nothing but what browsers have, too. */
function loadInBrowser(): typeof Io {
  const globals = { Blob, DecompressionStream, File, TextDecoder, TextEncoder, crypto, performance };
  const context = createContext({ ...globals, setTimeout, clearTimeout });
  new Script(bundle.outputFiles[0]!.text).runInContext(context);
  return new Script('io').runInContext(context) as typeof Io;
}

describe('the bundle of @lungseg/io for a browser', () => {
  test('holds no module of Node, and leaves none to be found', () => {
    const { inputs, outputs } = bundle.metafile;
    const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    const imported = [...Object.values(inputs), ...Object.values(outputs)].flatMap((part) => part.imports);
    const named = [...new Set(imported.map(({ path }) => path))];
    expect(named.filter((path) => builtin.has(path))).toEqual([]);
    // dicom-parser asks for zlib where no inflater is given, and itself says that browsers get nothing for it.
    expect(named.filter((path) => path.startsWith('(disabled)'))).toEqual(['(disabled):zlib']);
    expect(Object.keys(inputs).filter((name) => /(^|\/)node-|itk-wasm/.test(name))).toEqual([]);
    expect(bundle.warnings).toEqual([]);
  });

  test('reads a file of a browser where there is no Node', async () => {
    const io = loadInBrowser();
    const volume = huVolume({ origin: [1, 2, 3] });
    const packed = gzipSync(nifti1Of(volume));
    const read = await io.readVolumeFromFiles([new File([packed], 'ct.nii.gz')]);
    expect(read.format).toBe('nifti');
    expect([...read.volume.data]).toEqual([...volume.data]);
    const plain = nifti1Of(volume).buffer as ArrayBuffer;
    const fromBuffer = await io.readVolumeFromFiles([{ name: 'ct.nii', bytes: plain }]);
    expect([...fromBuffer.volume.data]).toEqual([...volume.data]);
  });

  test('reads of a file among others no more than it needs', async () => {
    const io = loadInBrowser();
    const other = new Uint8Array(2 ** 20);
    const read: [number, number][] = [];
    class Watched extends File {
      override slice(begin: number, end: number): Blob {
        read.push([begin, end]);
        return super.slice(begin, end);
      }
    }
    const files = dicomSeries(huVolume()).map(({ name, bytes }) => new File([new Uint8Array(bytes)], name));
    await io.readVolumeFromFiles([...files, new Watched([other], 'report.bin')]);
    expect(read.length).toBeGreaterThan(0);
    expect(read.every(([begin, end]) => end - begin <= 2 ** 16)).toBe(true);
  });

  test('reads a series, and makes a DICOM segmentation of it, where there is no Node', async () => {
    const io = loadInBrowser();
    const files = dicomSeries(huVolume()).map(
      ({ name, bytes }) => new File([bytes as Uint8Array<ArrayBuffer>], name),
    );
    const { volume, dicom } = await io.readVolumeFromFiles(files);
    const mask = { ...volume, data: Uint8Array.from(volume.data, () => 1), kind: 'label' } as const;
    const algorithm = { name: 'model', version: '1.0.0', softwareVersion: '0.1.0' };
    const [head] = io.encodeSegmentation(mask, {
      source: dicom!,
      segments: io.LUNG_SEGMENTS.lung,
      algorithm,
    });
    expect(Buffer.from(head!.subarray(128, 132)).toString()).toBe('DICM');
  });

  test('says of a damaged file what is wrong, as in Node', async () => {
    const packed = gzipSync(nifti1Of(huVolume())).subarray(0, -6);
    const read = loadInBrowser().readVolumeFromFiles([new File([packed], 'ct.nii.gz')]);
    await expect(read).rejects.toMatchObject({
      kind: 'read',
      message: expect.stringContaining('ct.nii.gz is'),
    });
  });
});

test('what is left out for browsers is what needs Node', () => {
  const left = Object.keys(index).filter((name) => !(name in browser));
  expect(left.sort()).toEqual([
    'WRITABLE_EXTENSIONS',
    'assertWritable',
    'filesReadFrom',
    'isDicomImage',
    'listSeries',
    'makeFolder',
    'nearestFolder',
    'nodeCodecs',
    'readCt',
    'readVolume',
    'writableExtension',
    'writeVolume',
  ]);
});
