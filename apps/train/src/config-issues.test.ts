import { describe, expect, test } from '@jest/globals';
import { configSchema } from './config-schema.js';
import { describeIssues } from './config-issues.js';

const MINIMAL = { name: 'a', output: 'runs/a', epochs: 2, stepsPerEpoch: 3 };

function issuesOf(config: object): string {
  const result = configSchema.safeParse({ ...MINIMAL, ...config });
  return result.success ? '' : describeIssues(configSchema, result.error.issues);
}

describe('describeIssues', () => {
  test('names the path of a wrong key and the nearest right one', () => {
    expect(issuesOf({ optimizer: { learnigRate: 1 } })).toBe(
      'optimizer: there is no key learnigRate. Did you mean optimizer.learningRate?',
    );
    expect(issuesOf({ epoch: 3 })).toBe('(top level): there is no key epoch. Did you mean epochs?');
  });

  test('finds a key that stands in another place', () => {
    expect(issuesOf({ learningRate: 1e-3 })).toBe(
      '(top level): there is no key learningRate. Did you mean optimizer.learningRate?',
    );
  });

  test('lists the keys of the place where none is near', () => {
    expect(issuesOf({ checkpoints: { frequency: 3 } })).toBe(
      'checkpoints: there is no key frequency. Expected one of everySteps, keep.',
    );
  });

  test('names the path of a wrong value, and every issue', () => {
    const text = issuesOf({ crop: { size: [1, 'two', 3] }, loss: 'jaccard' });
    expect(text).toMatch(/crop\.size\.1: Invalid input: expected number, received string\./);
    expect(text).toMatch(/loss: Invalid option: expected one of "dice"\|"dice-cross-entropy"\./);
  });
});
