import { describe, expect, test } from '@jest/globals';
import { configSchema } from './config-schema.js';
import { describeIssues } from './config-issues.js';

const MINIMAL = { name: 'a', output: 'runs/a', epochs: 2, stepsPerEpoch: 3 };

function issuesOf(config: object): string {
  const given = { ...MINIMAL, ...config };
  const { error } = configSchema.safeParse(given);
  return describeIssues(configSchema, error?.issues ?? [], given)
    .map(({ text }) => text)
    .join(' ');
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
    expect(text).toContain('crop.size.1: expected a number. Received: "two".');
    expect(text).toContain('loss: expected one of "dice", "dice-cross-entropy". Received: "jaccard".');
  });
});
