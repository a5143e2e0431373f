import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidArgumentError } from './errors.js';
import type { NamedArray } from './interfaces.js';
import { formatSafetensors, parseSafetensors, type SafetensorsFloat } from './safetensors.js';
import { expected, fixture } from './testing/expected.js';

/** A file by the format's own words: header length, header, data. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.byteLength + data.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.byteLength);
  return bytes;
}

const headerOf = (bytes: Uint8Array): Record<string, unknown> => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
};

/** The 16-bit patterns that values are stored as, in order. */
function storedBits(values: readonly number[], float: SafetensorsFloat): number[] {
  const data = Float32Array.from(values);
  const bytes = formatSafetensors(new Map([['x', { shape: [data.length], data }]]), { float });
  return [...new Uint16Array(bytes.slice(bytes.byteLength - 2 * data.length).buffer)];
}

describe('parseSafetensors', () => {
  const { tensors, metadata } = parseSafetensors(fixture('tensors.safetensors'));

  test("reads the reference implementation's file: every type of number, scalars and empty tensors", () => {
    const values = [0, 1, 2, 3, 4, 5].map((n) => n / 3 - 0.5);
    const shape = [2, 3];
    expect(tensors.get('float64')).toEqual({ shape, data: Float32Array.from(values) });
    expect(tensors.get('float32')).toEqual({ shape, data: Float32Array.from(values) });
    expect(tensors.get('int64')).toEqual({ shape: [2], data: new BigInt64Array([3n, -(2n ** 40n)]) });
    expect(tensors.get('scalar')).toEqual({ shape: [], data: new Float32Array([0.25]) });
    expect(tensors.get('empty')).toEqual({ shape: [0, 4], data: new Float32Array(0) });
    for (const [name, tolerance] of [
      ['float16', 2 ** -11],
      ['bfloat16', 2 ** -8],
    ] as const) {
      const data = tensors.get(name)!.data as Float32Array;
      data.forEach((value, i) => {
        expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(tolerance * Math.abs(values[i]!));
      });
    }
  });

  test('reads the metadata', () => {
    expect(metadata).toEqual({ format: 'pt', note: 'größer' });
  });

  test("reads from the middle of a larger buffer, as Node's file reads give them", () => {
    const bytes = fixture('tensors.safetensors');
    const larger = new Uint8Array(bytes.byteLength + 3);
    larger.set(bytes, 3);
    expect(parseSafetensors(larger.subarray(3)).tensors).toEqual(tensors);
  });

  const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /damaged: its header should end within 0 bytes/],
    [
      'a header longer than the file',
      file({}).fill(0xff, 0, 4),
      /damaged: its header should end within 10 bytes/,
    ],
    ['a header that is not JSON', file('{"x":'), /damaged: its header is not JSON/],
    ['a list for a header', file([]), /damaged: its header is not an object/],
    ['null for a header', file('null'), /damaged: its header is not an object/],
    ['text for metadata', file({ __metadata__: 'pt' }), /damaged: its metadata is not an object/],
    [
      'a tensor without a shape',
      file({ x: { ...entry, shape: undefined } }, new Uint8Array(4)),
      /tensor x has no type, shape/,
    ],
    ['a tensor that is null', file({ x: null }), /tensor x has no type, shape and place/],
    [
      'half a value',
      file({ x: { ...entry, shape: [0.5] } }, new Uint8Array(4)),
      /tensor x has no type, shape/,
    ],
    [
      'a negative size',
      file({ x: { ...entry, shape: [-1, -1] } }, new Uint8Array(4)),
      /tensor x has no type, shape/,
    ],
    [
      'data that end too early',
      file({ x: entry }, new Uint8Array(3)),
      /tensor x lies outside the file's 3 bytes/,
    ],
    [
      'a shape that needs more than its place',
      file({ x: { ...entry, shape: [2] } }, new Uint8Array(8)),
      /tensor x lies outside/,
    ],
    [
      'a type it does not know',
      file({ x: { ...entry, dtype: 'F8_E4M3' } }, new Uint8Array(4)),
      /must be one of F64, F32, F16, BF16, I64. Received: F8_E4M3/,
    ],
    [
      'a type that every object has',
      file({ x: { ...entry, dtype: 'toString' } }, new Uint8Array(4)),
      /Received: toString/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    const parse = (): unknown => parseSafetensors(bytes);
    expect(parse).toThrow(InvalidArgumentError);
    expect(parse).toThrow(message);
  });

  test('reads, or refuses with an error of its own, whatever byte of the header is changed', () => {
    const bytes = fixture('tensors.safetensors');
    const headerEnd = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    fc.assert(
      fc.property(fc.nat(headerEnd - 1), fc.nat(255), (position, value) => {
        const changed = Uint8Array.from(bytes);
        changed[position] = value;
        try {
          parseSafetensors(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('refuses a file cut anywhere', () => {
    const bytes = fixture('tensors.safetensors');
    for (let length = 0; length < bytes.byteLength; length += 7)
      expect(() => parseSafetensors(bytes.subarray(0, length))).toThrow(InvalidArgumentError);
  });
});

describe('formatSafetensors', () => {
  const anyState = fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
    fc.oneof(
      fc
        .array(fc.float(), { maxLength: 5 })
        .map((v): NamedArray => ({ shape: [v.length], data: Float32Array.from(v) })),
      fc
        .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 3 })
        .map((v): NamedArray => ({ shape: [1, v.length], data: BigInt64Array.from(v) })),
    ),
  );

  test('what is written is read back the same, whatever the names', () => {
    fc.assert(
      fc.property(anyState, fc.dictionary(fc.string(), fc.string()), (state, metadata) => {
        const map = new Map(Object.entries(state));
        const read = parseSafetensors(formatSafetensors(map, { metadata }));
        expect(new Map(read.tensors)).toEqual(map);
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      }),
    );
  });

  test('aligns the data to eight bytes and every tensor to its own size, also with names outside ASCII', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const bytes = formatSafetensors(new Map(Object.entries(state)));
        expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
        for (const entry of Object.values(headerOf(bytes)) as {
          dtype: string;
          data_offsets: [number, number];
        }[])
          expect(entry.data_offsets[0] % (entry.dtype === 'I64' ? 8 : 4)).toBe(0);
      }),
    );
  });

  test('writes F32 by default, and integers as I64 whatever floats are written as', () => {
    const state = new Map<string, NamedArray>([
      ['weight', { shape: [1], data: new Float32Array([1]) }],
      ['num_batches_tracked', { shape: [], data: new BigInt64Array([5n]) }],
    ]);
    expect(headerOf(formatSafetensors(state))).toEqual({
      num_batches_tracked: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      weight: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
    });
    expect(headerOf(formatSafetensors(state, { float: 'F16' }))).toMatchObject({
      num_batches_tracked: { dtype: 'I64' },
      weight: { dtype: 'F16', data_offsets: [8, 10] },
    });
  });
});

describe('half precision', () => {
  const { values, float16, bfloat16 } = expected.halves;

  test('rounds to float16 as numpy does: ties, subnormals, overflow', () => {
    expect(storedBits(values, 'F16')).toEqual(float16);
  });

  test('rounds to bfloat16 as torch does', () => {
    expect(storedBits(values, 'BF16')).toEqual(bfloat16);
  });

  test.each(['F16', 'BF16'] as const)(
    'every %s there is survives reading and writing, NaN as NaN',
    (float) => {
      const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
      const header = { x: { dtype: float, shape: [65536], data_offsets: [0, 131072] } };
      const { data } = parseSafetensors(file(header, new Uint8Array(patterns.buffer))).tensors.get('x')!;
      const back = storedBits([...(data as Float32Array)], float);
      const wrong = back.filter((bits, i) => bits !== i && !Number.isNaN(Number(data[i])));
      expect(wrong).toEqual([]);
      // Twice the fractions that an all-ones exponent has, less the two infinities.
      expect((data as Float32Array).filter(Number.isNaN).length).toBe(float === 'F16' ? 2046 : 254);
    },
  );
});
