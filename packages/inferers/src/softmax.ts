import { InvalidArgumentError } from '@lungseg/core';

/**
 * The softmax probability of one class, voxel by voxel.
 *
 * @param logits one array a class, of equal length
 * @param classIndex which class, from 0
 * @returns probabilities in [0, 1]
 * @throws InvalidArgumentError when there is no such class
 */
export function classProbability(logits: readonly Float32Array[], classIndex: number): Float32Array {
  const chosen = logits[classIndex];
  if (chosen === undefined) {
    throw new InvalidArgumentError(
      `classIndex must be from 0 to ${logits.length - 1}. Received: ${classIndex}.`,
    );
  }
  const others = logits.filter((_, index) => index !== classIndex);
  return Float32Array.from(chosen, (value, i) => {
    let sum = 1;
    for (const other of others) sum += Math.exp(other[i]! - value);
    return 1 / sum;
  });
}
