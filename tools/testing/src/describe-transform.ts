import { describe, test } from '@jest/globals';
import { transformChecks, type TransformUnderTest } from './transform-checks.js';

export { transformChecks, type TransformCheck, type TransformUnderTest } from './transform-checks.js';

/**
 * The tests that every transform must pass, over samples of an `image` and a `label` map on grids at any angle: JSON,
 * replaying, inputs left alone, labels that stay labels, landmarks that keep their place in the patient, and the inverse.
 *
 * @param label what to call it
 * @param subject the transform, and what it changes
 * @example
 * const transform = flip({ axes: [0] });
 * describeTransform('flip', { transform, make: flip, changes: 'places', hasInverse: true });
 */
export function describeTransform(label: string, subject: TransformUnderTest): void {
  describe(label, () => {
    for (const { title, check } of transformChecks(subject)) {
      // The checks expect for themselves.
      test(title, () => check());
    }
  });
}
