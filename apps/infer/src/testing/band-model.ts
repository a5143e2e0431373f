import * as tf from '@tensorflow/tfjs-core';
import type { Network, Vec3 } from '@lungseg/core';
import { type AHNet } from '@lungseg/networks';
import { parseModelDescription, type LoadedModel } from '@lungseg/models';

/** -960 HU, scaled. */
const AIR = 0.27;

/**
 * A model with a known answer: its network calls lung what is within 200 HU of -800 and not beside air in its slice, as skin is, so
 * that a test can tell the path to the network and back from the network.
 */
export function bandModel(spacing: Vec3 = [4, 4, 5], window: Vec3 = [64, 64, 64]): LoadedModel {
  const description = parseModelDescription({
    name: 'band',
    version: '1.0.0',
    network: {},
    preprocessing: { orientation: 'RAS', spacing, intensity: { from: [-1500, 500], to: [0, 1] } },
    inference: { window, overlap: 0.25 },
    labels: { 0: 'other', 1: 'lung' },
    weights: { file: 'none.safetensors', sha256: '0'.repeat(64), bytes: 1 },
    licence: 'none',
    intendedUse: 'Tests.',
  });
  const network: Pick<Network<tf.Tensor>, 'apply' | 'sizeMultiple' | 'dispose'> = {
    sizeMultiple: [16, 16, 8],
    apply: (x) =>
      tf.tidy(() => {
        const distance = tf.abs(tf.sub(x, 0.35));
        const lowest = tf.neg(tf.maxPool3d(tf.neg(x as tf.Tensor5D), [1, 3, 3], 1, 'same'));
        const isBesideAir = tf.less(lowest, AIR);
        const lung = tf.where(isBesideAir, -20, tf.mul(tf.sub(0.1, distance), 200));
        return tf.concat([tf.zerosLike(lung), lung], 4);
      }),
    dispose: () => undefined,
  };
  return { description, network: network as unknown as AHNet };
}
