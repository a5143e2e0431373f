import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodePng } from '@lungseg/visualize';
import protobuf from 'protobufjs';
import { readRecords } from '../testing/read-records.js';
import { crc32c } from './crc32c.js';
import { EventFile } from './event-file.js';

/** The messages as their .proto files declare them, as far as they are used. */
const ROOT = protobuf.parse(`
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
  message Summary {
    message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
    message Value { string tag = 1; float simple_value = 2; Image image = 4; }
    repeated Value value = 1;
  }
`).root;
/** Where the tensorboard package is, which is an optional peer. */
const PYTHON = process.env['LUNGSEG_TENSORBOARD_PYTHON'];
const PNG = await encodePng({ width: 2, height: 1, data: new Uint8ClampedArray([255, 0, 0, 0, 0, 255]) });

let folder: string;
let bytes: Uint8Array;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-events-'));
  const file = new EventFile(folder);
  file.write(7, [
    { tag: 'train/loss', scalar: 0.25 },
    { tag: 'train/rate', scalar: -1.5 },
  ]);
  file.write(5_000_000_000, [{ tag: 'case', image: { width: 2, height: 1, png: PNG } }]);
  const [name] = readdirSync(folder);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  bytes = readFileSync(join(folder, name!));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('CRC-32C has the check value of its catalogue', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

describe('EventFile', () => {
  test('is records with the right CRCs, of messages that protobufjs reads by their .proto', () => {
    const Event = ROOT.lookupType('Event');
    const events = readRecords(bytes).map((record) =>
      Event.toObject(Event.decode(record), { longs: Number, bytes: Array }),
    );
    expect(events[0]).toMatchObject({ fileVersion: 'brain.Event:2' });
    expect(events[1]).toMatchObject({
      step: 7,
      summary: {
        value: [
          { tag: 'train/loss', simpleValue: 0.25 },
          { tag: 'train/rate', simpleValue: -1.5 },
        ],
      },
    });
    expect(events[2]).toMatchObject({
      step: 5_000_000_000,
      summary: {
        value: [{ tag: 'case', image: { width: 2, height: 1, colorspace: 3, encodedImageString: [...PNG] } }],
      },
    });
    expect(Math.abs((events[1]!['wallTime'] as number) - Date.now() / 1000)).toBeLessThan(600);
  });

  test('is known to be damaged when one bit of it changes', () => {
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length - 9]! ^= 4;
    expect(() => readRecords(damaged)).toThrow(/does not fit its CRC/);
  });

  (PYTHON === undefined ? test.skip : test)(
    'is read by the tensorboard package (LUNGSEG_TENSORBOARD_PYTHON names a Python that has it)',
    () => {
      const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
e = EventAccumulator(sys.argv[1]); e.Reload()
i = e.Images('case')[0]
print(json.dumps([e.Tags()['scalars'], [[s.step, s.value] for s in e.Scalars('train/loss')],
  [i.step, i.width, i.height, list(i.encoded_image_string)]]))`;
      const { stdout, stderr } = spawnSync(PYTHON!, ['-c', program, folder], { encoding: 'utf8' });
      expect(stderr + stdout).toContain('[[');
      expect(JSON.parse(stdout)).toEqual([
        ['train/loss', 'train/rate'],
        [[7, 0.25]],
        [5_000_000_000, 2, 1, [...PNG]],
      ]);
    },
    60_000,
  );
});
