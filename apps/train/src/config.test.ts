import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from './config.js';
import { exportSchema } from './export/export-schema.js';
import { readConfig } from './read-config.js';
import { validateSchema } from './validate/validate-schema.js';

const configs = join(dirname(fileURLToPath(import.meta.url)), '../../../configs');
const namesOf = (belongs: (name: string) => boolean): string[] => readdirSync(configs).filter(belongs);
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

  test.each(['zoom', 'density', 'lesionRadius'])('refuses %s from more to less', (key) => {
    const config = { ...(JSON.parse(MINIMAL) as object), augmentation: { [key]: [1.5, 0.5] } };
    expect(() => loadConfig(written(JSON.stringify(config)))).toThrow(
      new RegExp(`augmentation\\.${key}.*the first must not be over the second`, 's'),
    );
  });

  test.each([
    ['lesions', 3],
    ['density', [0.5, 1.5]],
    ['fieldOfView', [0.5, 0.5, 0.5]],
    ['lowResolution', [1, 1, 3]],
    ['blur', 1.5],
  ])('refuses %s without its probability, and the other way round', (key, value) => {
    const probability = `${key}Probability`;
    const load = (augmentation: object): unknown =>
      loadConfig(written(JSON.stringify({ ...(JSON.parse(MINIMAL) as object), augmentation })));
    expect(() => load({ [key]: value })).toThrow(
      `augmentation.${key}: needs ${probability}, by whose default of 0 it does nothing. Received: ${JSON.stringify(value)}.`,
    );
    expect(() => load({ [probability]: 0.5 })).toThrow(
      `augmentation.${probability}: needs ${key}, by whose default of `,
    );
    for (const share of [0, 0.5]) {
      expect(load({ [key]: value, [probability]: share })).toMatchObject({
        augmentation: { [key]: value, [probability]: share },
      });
    }
    const { augmentation } = loadConfig(written(MINIMAL));
    const neutral = Object.fromEntries(Object.entries(augmentation).filter(([name]) => name === key));
    expect(load(neutral)).toMatchObject({ augmentation });
    expect(load({ [probability]: 0 })).toMatchObject({ augmentation });
  });

  test('takes noise without a probability, which is not 0 by default', () => {
    const config = loadConfig(written(MINIMAL), ['augmentation.noiseHu=20']);
    expect(config.augmentation).toMatchObject({ noiseHu: 20, noiseProbability: 0.5 });
    expect(() => loadConfig(written(MINIMAL), ['augmentation.noiseProbability=0.3'])).toThrow(
      "--set augmentation.noiseProbability=0.3 doesn't fit the config. augmentation.noiseProbability: needs noiseHu",
    );
  });

  test('still names the nearest key among the augmentations', () => {
    expect(() => loadConfig(written(MINIMAL), ['augmentation.lesoins=3'])).toThrow(
      'augmentation: there is no key lesoins. Did you mean augmentation.lesions?',
    );
    expect(() => loadConfig(written(MINIMAL), ['augmentation=3'])).toThrow(
      /augmentation: expected an object/,
    );
  });

  test.each(['null', '[1]', '"text"', '3'])(
    'refuses a file that holds %s, with and without overrides',
    (text) => {
      for (const overrides of [[], ['seed=1']]) {
        expect(() => loadConfig(written(text), overrides)).toThrow(
          `must hold a JSON object, {"name": ...}. Received: ${text}.`,
        );
      }
    },
  );

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
    expect(() => loadConfig(folder)).toThrow(`${folder} is a folder. Give the JSON file of a config.`);
  });

  test('says whether the file or --set is wrong, what was expected, and what was received', () => {
    const messageOf = (text: string, overrides: string[]): string => {
      try {
        loadConfig(written(text), overrides);
      } catch (error) {
        return (error as Error).message;
      }
      throw new Error('nothing was thrown');
    };
    const path = join(folder, 'config.json');
    const bad = JSON.stringify({ ...(JSON.parse(MINIMAL) as object), loss: 'l1' });
    const loss = 'loss: expected one of "dice", "dice-cross-entropy". Received: "l1".';
    expect(messageOf(MINIMAL, ['seed=1', 'epochs=abc'])).toBe(
      '--set epochs=abc doesn\'t fit the config. epochs: expected a number. Received: "abc".',
    );
    expect(messageOf(bad, ['seed=1'])).toBe(`${path} is not a valid config. ${loss}`);
    expect(messageOf(bad, ['data.folds.index=3', 'crop.size=[1,2]'])).toBe(
      `${path} is not a valid config. ${loss} --set data.folds.index=3 --set crop.size=[1,2] doesn't fit the config. data.folds: index must be below count. Received: {"index":3}. crop.size: expected at least 3 values. Received: [1,2].`,
    );
    expect(messageOf(bad, ['loss=l2'])).toContain("--set loss=l2 doesn't fit");
  });

  test.each(namesOf((name) => !/datalist|\.validate\.|\.infer\.|\.programme\./.test(name)))(
    'reads configs/%s',
    (name) => {
      expect(loadConfig(join(configs, name)).epochs).toBeGreaterThan(0);
    },
  );

  test("has Clara's recipe to the letter of its model card", () => {
    expect(loadConfig(join(configs, 'clara-covid19-ct-lung.json'))).toMatchObject({
      network: { layers: [3, 4, 6, 3], width: 1, pspBlockNum: 0, upsampleMode: 'trilinear', outChannels: 2 },
      preprocessing: { spacing: [0.8, 0.8, 5], intensity: { from: [-1500, 500] } },
      crop: { size: [224, 224, 32] },
      augmentation: { flip: [0.5, 0.5, 0.5] },
      loss: 'dice',
      optimizer: { name: 'adam', learningRate: 1e-4, schedule: 'constant', warmupSteps: 0 },
      epochs: 1250,
    });
  });
});

describe('the configs beside a recipe', () => {
  test.each(namesOf((name) => name.includes('.validate.')))('%s is one of train:validate', (name) => {
    const { run } = readConfig(validateSchema, join(configs, name));
    expect(run).toBe(loadConfig(join(configs, name.replace('.validate', ''))).output);
  });

  test.each(namesOf((name) => name.includes('.infer.')))('%s is one of train:export', (name) => {
    const { run, inference } = readConfig(exportSchema, join(configs, name));
    expect(run).toBe(loadConfig(join(configs, name.replace('.infer', ''))).output);
    expect(inference.overlap).toBe(0.25);
  });
});
