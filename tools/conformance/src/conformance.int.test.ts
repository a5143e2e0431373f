import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { selectBackend } from '@lungseg/backend';
import type { CaseResult } from './check.js';
import { Golden, relativeError } from './golden.js';
import { runCases } from './run-cases.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const failures = ({ comparisons }: CaseResult): string[] =>
  comparisons.filter((c) => !(c.error <= c.tolerance)).map((c) => `${c.name}: ${c.error}`);

beforeAll(async () => {
  await selectBackend('native');
});

describe.each(['golden', 'gradients'])('reference tensors of MONAI in %s', (folder) => {
  test('agree in every case that has a check', async () => {
    const golden = new Golden(join(root, folder));
    const results: CaseResult[] = [];
    for await (const result of runCases(golden)) results.push(result);
    expect(results.flatMap(failures)).toEqual([]);
    expect(results.map((r) => r.name)).toEqual(Object.keys(golden.cases));
    const checked = results.filter((r) => r.comparisons.length > 0).map((r) => r.name);
    expect(checked.filter((name) => name.startsWith('ahnet'))).toHaveLength(folder === 'golden' ? 5 : 6);
  });
});

describe('Golden', () => {
  test('draws the numbers of make_golden.py', () => {
    // uniform("ct", 4) of make_golden.py with SEED = 0.
    const golden = new Golden(join(root, 'golden'));
    expect([...golden.uniform('ct', 4)]).toEqual([
      0.6676321029663086, -0.11227558553218842, -0.37480682134628296, 0.6488741636276245,
    ]);
  });

  test('names a folder that is not one of reference tensors', () => {
    expect(() => new Golden(root)).toThrow(
      /is not a folder of reference tensors: its manifest\.json can't be read/,
    );
  });
});

describe('relativeError', () => {
  const reference = { shape: [2], data: Float32Array.of(2, -4) };

  test('is the largest difference over the largest value', () => {
    expect(relativeError([2, -3], reference)).toBe(0.25);
  });

  test.each([[[2, Number.NaN]], [[2]]])('is infinite for %j', (actual) => {
    expect(relativeError(actual, reference)).toBe(Infinity);
  });
});
