import { describe, expect, test } from '@jest/globals';
import { choosePrecision, type PrecisionChoice } from './precision.js';

const CPU = { name: 'native', device: 'cpu' } as const;
const GPU = { name: 'native', device: 'gpu' } as const;
const WASM = { name: 'wasm', device: 'cpu' } as const;
const NONE = new Set<string>();
const BFLOAT16 = new Set(['avx2', 'avx512_bf16']);

describe('choosePrecision', () => {
  test.each([
    ['auto', CPU, BFLOAT16, 'bfloat16'],
    ['auto', CPU, new Set(['amx_bf16']), 'bfloat16'],
    ['auto', CPU, NONE, 'float32'],
    ['auto', GPU, NONE, 'float16'],
    ['auto', WASM, BFLOAT16, 'float32'],
    ['bfloat16', CPU, BFLOAT16, 'bfloat16'],
    ['bfloat16', GPU, NONE, 'bfloat16'],
    ['float16', CPU, new Set(['avx512_fp16']), 'float16'],
    ['float32', WASM, NONE, 'float32'],
  ] as const)(
    'takes for %s, on %j with these flags, what the device has',
    async (choice, backend, flags, expected) => {
      expect(await choosePrecision(choice, backend, flags)).toBe(expected);
    },
  );

  test.each([
    ['bfloat16', CPU, 'bfloat16 needs a GPU or a CPU with avx512_bf16 or amx_bf16, which this one lacks.'],
    ['float16', CPU, 'float16 needs a GPU or a CPU with avx512_fp16 or amx_fp16, which this one lacks.'],
    ['bfloat16', WASM, 'bfloat16 needs the native backend. Received: wasm.'],
    ['half', CPU, 'precision must be one of float32, bfloat16, float16, auto. Received: half.'],
  ] as const)('refuses %s on %j without units for it', async (choice, backend, message) => {
    await expect(choosePrecision(choice as PrecisionChoice, backend, NONE)).rejects.toThrow(message);
  });
});
