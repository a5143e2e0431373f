import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from './config.js';

const configs = join(dirname(fileURLToPath(import.meta.url)), '../../../configs');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function written(text: string): string {
  const path = join(folder, 'config.json');
  writeFileSync(path, text);
  return path;
}

const MINIMAL = '{"name":"a","output":"runs/a","epochs":2,"stepsPerEpoch":3}';

describe('loadConfig', () => {
  test("has the defaults of the model card's recipe", () => {
    expect(loadConfig(written(MINIMAL))).toMatchObject({
      network: { width: 1, pspBlockNum: 0, upsampleMode: 'trilinear', outChannels: 2 },
      preprocessing: { spacing: [0.8, 0.8, 5], intensity: { from: [-1500, 500] } },
      crop: { size: [224, 224, 32] },
      loss: 'dice',
      optimizer: { learningRate: 1e-4, schedule: 'constant' },
    });
  });

  test('takes overrides as JSON, else as text', () => {
    const config = loadConfig(written(MINIMAL), ['crop.size=[64,64,32]', 'network.width=0.5', 'name=b c']);
    expect(config.crop.size).toEqual([64, 64, 32]);
    expect(config.network.width).toBe(0.5);
    expect(config.name).toBe('b c');
  });

  test.each([
    ['{"name":"a"', [], /is not JSON/],
    [
      MINIMAL,
      ['optimizer.learnigRate=1'],
      /optimizer: there is no key learnigRate. Did you mean optimizer.learningRate\?/,
    ],
    [MINIMAL, ['network.pspBlockNum=7'], /network\.pspBlockNum: .*4/],
    [MINIMAL, ['seed'], /--set takes key=value\. Received: seed\./],
    [MINIMAL, ['__proto__.x=1'], /--set can't change __proto__\.x/],
  ])('refuses %s with %j', (text, overrides, message) => {
    expect(() => loadConfig(written(text), overrides)).toThrow(message);
  });

  test('names a config that is missing', () => {
    expect(() => loadConfig(join(folder, 'none.json'))).toThrow(/No such config: .*none\.json/);
  });

  test.each(readdirSync(configs).filter((name) => !name.includes('datalist')))('reads configs/%s', (name) => {
    expect(loadConfig(join(configs, name)).epochs).toBeGreaterThan(0);
  });
});
