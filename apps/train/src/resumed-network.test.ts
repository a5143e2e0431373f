import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { configSchema, type TrainConfig } from './config-schema.js';
import { checkResumedNetwork } from './resumed-network.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-resumed-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const configOf = (network: object): TrainConfig =>
  configSchema.parse({ name: 'a', output: 'b', epochs: 1, stepsPerEpoch: 1, network });
const written = (text: string): void => writeFileSync(join(folder, 'config.json'), text);

describe('checkResumedNetwork', () => {
  test('takes the same network, whatever else has changed', () => {
    written(JSON.stringify({ ...configOf({ width: 0.5 }), epochs: 7 }));
    expect(() => checkResumedNetwork(configOf({ width: 0.5 }), folder)).not.toThrow();
  });

  test('names each key that differs, and what to do', () => {
    written(JSON.stringify(configOf({ width: 0.5 })));
    const other = configOf({ width: 0.25, layers: [1, 1, 1, 1] });
    expect(() => checkResumedNetwork(other, folder)).toThrow(
      `network.layers must be [3,4,6,3], as in the run so far. Received: [1,1,1,1]. network.width must be 0.5, as in the run so far. Received: 0.25. Resume ${folder} with the network that it began with, or train another in a folder of its own by --set output=FOLDER.`,
    );
  });

  test.each(['{', '{}', '[]'])('leaves it to the checkpoint where config.json holds %s', (text) => {
    written(text);
    expect(() => checkResumedNetwork(configOf({}), folder)).not.toThrow();
  });
});
