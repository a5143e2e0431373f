import { InvalidArgumentError, type NamedArray, type Safetensors, type StateDict } from '@lungseg/core';

/** Which of a checkpoint's two sets of weights: the moving average, or those of the last step. */
export type CheckpointPart = 'averaged' | 'weights';

/** What a training checkpoint says of its network. */
export interface CheckpointWeights {
  readonly state: StateDict;
  readonly part: CheckpointPart;
  /** The network's options as JSON; undefined where the file doesn't say. */
  readonly network: unknown;
  /** Steps taken; undefined where the file doesn't say. */
  readonly step: number | undefined;
}

/**
 * Takes the weights out of a training checkpoint, whose entries are named `averaged/…`, `weights/…` and
 * `optimizer/…`. The moving average is what validation has judged, so it is taken where there is one.
 *
 * @param checkpoint a parsed safetensors file
 * @param part which weights; the average by default, where there is one
 * @throws InvalidArgumentError when the file has no such weights
 */
export function checkpointWeights(checkpoint: Safetensors, part?: CheckpointPart): CheckpointWeights {
  const { tensors, metadata } = checkpoint;
  const chosen = part ?? (hasPart(tensors, 'averaged') ? 'averaged' : 'weights');
  if (!hasPart(tensors, chosen)) {
    const found = [...new Set([...tensors.keys()].map((name) => name.split('/')[0]))].slice(0, 5).join(', ');
    throw new InvalidArgumentError(
      `A checkpoint must have entries named ${chosen}/…. Received: ${found || 'none'}.`,
    );
  }
  const state = new Map<string, NamedArray>();
  for (const [name, array] of tensors) {
    if (name.startsWith(`${chosen}/`)) state.set(name.slice(chosen.length + 1), array);
  }
  return {
    state,
    part: chosen,
    network: metadata['network'] === undefined ? undefined : JSON.parse(metadata['network']),
    step: metadata['step'] === undefined ? undefined : Number(metadata['step']),
  };
}

const hasPart = (tensors: StateDict, part: CheckpointPart): boolean =>
  [...tensors.keys()].some((name) => name.startsWith(`${part}/`));
