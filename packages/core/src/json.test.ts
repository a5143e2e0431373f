import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, toJson, type Json } from './index.js';

const anyJson = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

describe('toJson', () => {
  test('copies, deeply, and leaves out what is undefined', () => {
    const size = [1, 2];
    const copy = toJson({ size, label: undefined, fill: -1024, steps: [{ name: 'a', options: {} }] });
    size[0] = 9;
    expect(copy).toEqual({ size: [1, 2], fill: -1024, steps: [{ name: 'a', options: {} }] });
    expect(Object.keys(copy as object)).toEqual(['size', 'fill', 'steps']);
  });

  test('gives what JSON gives back', () => {
    fc.assert(fc.property(anyJson, (value) => expect(toJson(value)).toEqual(value)));
  });

  test.each([
    [{ steps: [{ map: () => 1 }] }, 'steps[0].map must be plain JSON: ', 'Received: a function.'],
    [{ fill: NaN }, 'fill must be', 'Received: NaN.'],
    [{ above: -Infinity }, 'above must be', 'Received: -Infinity.'],
    [[Int16Array.of(1)], '[0] must be', 'Received: a Int16Array.'],
    [undefined, 'Options must be', 'Received: undefined.'],
    [{ since: new Date(0) }, 'since must be', 'Received: a Date.'],
  ])('refuses %j, and says where', (value, where, received) => {
    expect(() => toJson(value)).toThrow(where);
    expect(() => toJson(value)).toThrow(received);
  });
});

describe('canonicalJson', () => {
  test('is the same whatever the order of keys, and else differs', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(canonicalJson({ a: [1, 2] })).not.toBe(canonicalJson({ a: [2, 1] }));
  });

  test('parses to the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) =>
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });
});
