import { createHash } from 'node:crypto';
import type { Precision } from '@lungseg/backend';
import { InvalidArgumentError } from '@lungseg/core';
import type { Predictor } from '@lungseg/inferers';
import { loadModel, type LoadedModel, type ModelDescription } from '@lungseg/models';
import * as tf from '@tensorflow/tfjs-core';

/** One model or several, such as those of cross-validation's folds, that answer together. */
export interface Ensemble {
  /** The first model, described as all of them: names joined, and the SHA-256 of all their SHA-256s. */
  readonly model: LoadedModel;
  /** What each of them says of itself. */
  readonly members: readonly ModelDescription[];
  readonly predict: Predictor;
  /** Frees the networks. */
  readonly dispose: () => void;
}

/**
 * Loads models that are to answer together.
 *
 * @param names shipped models or folders, one or more
 * @param precision what the networks multiply in
 * @throws ReadError when a model is missing or damaged
 * @throws InvalidArgumentError when they need different images, or mean different things by their channels
 */
export async function loadEnsemble(names: readonly string[], precision: Precision): Promise<Ensemble> {
  const models: LoadedModel[] = [];
  for (const name of names) models.push(await loadModel(name));
  const members = models.map(({ description }) => description);
  const [first] = models as [LoadedModel];
  for (const { description } of models) checkAlike(first.description, description);
  const prepared = await Promise.all(models.map(({ network }) => network.prepareForInference({ precision })));
  return {
    model: { ...first, description: describeTogether(members) },
    members,
    predict: meanOf(prepared.map((network) => (x) => network.apply(x))),
    dispose: () => {
      for (const network of prepared) network.dispose();
      for (const { network } of models) network.dispose();
    },
  };
}

/**
 * The mean of what several predictors say of a window, as with mirror images: of logits, not of probabilities.
 *
 * @param predictors one or more
 */
export function meanOf(predictors: readonly Predictor[]): Predictor {
  const [only] = predictors;
  if (predictors.length === 1) return only!;
  return (window) => {
    let sum: tf.Tensor | undefined;
    for (const predict of predictors) {
      const previous = sum;
      sum = tf.tidy(() => {
        const output = predict(window);
        return previous === undefined ? output : tf.add(previous, output);
      });
      previous?.dispose();
    }
    const mean = tf.div(sum!, predictors.length);
    sum!.dispose();
    return mean;
  };
}

/** What must be the same for one window to fit all. */
function checkAlike(first: ModelDescription, other: ModelDescription): void {
  const { pspBlockNum, upsampleMode, outChannels } = first.network;
  const { leastBodyDepth, leastHu, levels } = first.inference;
  const needed = {
    preprocessing: first.preprocessing,
    labels: first.labels,
    inference: { leastBodyDepth, leastHu, levels },
    network: { pspBlockNum, upsampleMode, outChannels },
  };
  for (const [key, value] of Object.entries(needed)) {
    const found = other[key as keyof typeof needed] as Record<string, unknown>;
    const received = Object.fromEntries(Object.keys(value).map((name) => [name, found[name]]));
    if (JSON.stringify(received) === JSON.stringify(value)) continue;
    throw new InvalidArgumentError(
      `Models that answer together must have the same ${key}: ${first.name} has ${JSON.stringify(value)}. Received: ${other.name} with ${JSON.stringify(received)}.`,
    );
  }
}

function describeTogether(members: readonly ModelDescription[]): ModelDescription {
  const [first] = members as [ModelDescription];
  if (members.length === 1) return first;
  const hashes = members.map(({ weights }) => weights.sha256).join('\n');
  return {
    ...first,
    name: members.map(({ name }) => name).join(' + '),
    weights: { ...first.weights, sha256: createHash('sha256').update(hashes).digest('hex') },
  };
}
