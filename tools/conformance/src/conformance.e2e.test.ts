import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Golden, relativeError } from './golden.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

describe('conformance:run', () => {
  // In a process of its own: full-width networks are many times slower to make inside of jest.
  test.each([
    ['golden', 'ahnet-psp0-transpose', '10 passed, 0 failed'],
    ['gradients', 'ahnet-frozen-2d-psp2-bilinear', '6 passed, 0 failed'],
  ])('passes every case of %s, none of them in part', (folder, name, last) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, 'dist/main.js'), `--golden=${join(root, folder)}`, '--backend=native'],
      { encoding: 'utf8' },
    );
    expect(stdout).toContain(`pass  ${name}`);
    expect(stdout).not.toContain('skipped');
    expect(stdout.trim().split('\n').pop()).toBe(last);
    expect(status).toBe(0);
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
