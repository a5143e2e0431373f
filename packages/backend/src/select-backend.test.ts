import { describe, expect, jest, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from './select-backend.js';

describe('selectBackend', () => {
  test.each(['wasm', 'cpu'] as const)('makes %s current and computes on it, without advice', async (name) => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const info = await selectBackend(name);
    expect(info).toMatchObject({ name, device: 'cpu', passedOver: [] });
    expect(tf.getBackend()).toBe(name);
    expect(tf.tidy(() => tf.matMul(tf.tensor2d([[2]]), tf.tensor2d([[3]])).dataSync()[0])).toBe(6);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('takes the native backend by default, and names its version and device', async () => {
    const info = await selectBackend();
    expect(info.name).toBe('native');
    expect(info.description).toMatch(/^native \(TensorFlow \d+\.\d+\.\d+\) on (CPU|GPU)$/);
  });

  test('refuses a name that it does not know', async () => {
    await expect(selectBackend('webgpu' as BackendChoice)).rejects.toThrow(
      'backend must be one of auto, native, wasm, cpu. Received: webgpu.',
    );
  });
});
