import { describe, expect, test } from '@jest/globals';
import { Adam, AdamW, Sgd } from '@lungseg/trainer';
import { configSchema, type TrainConfig } from './config-schema.js';
import { optimizerOf, scheduleOf } from './optimization.js';

const configOf = (optimizer: object): TrainConfig =>
  configSchema.parse({ name: 'a', output: 'a', epochs: 4, stepsPerEpoch: 5, optimizer });

describe('optimizerOf', () => {
  test.each([
    ['adam', Adam],
    ['adamw', AdamW],
    ['sgd', Sgd],
  ])('makes %s', (name, type) => {
    expect(optimizerOf(configOf({ name }))).toBeInstanceOf(type);
  });
});

describe('scheduleOf', () => {
  test('drops by epochs', () => {
    const schedule = scheduleOf(
      configOf({ schedule: 'step', learningRate: 1, dropEveryEpochs: 2, dropFactor: 0.5 }),
    );
    expect([0, 9, 10, 19].map(schedule)).toEqual([1, 1, 0.5, 0.5]);
  });

  test.each(['cosine', 'polynomial'])('%s ends at its share of the learning rate', (schedule) => {
    const rate = scheduleOf(configOf({ schedule, learningRate: 1, finalShare: 0.1, warmupSteps: 2 }));
    expect([rate(0), rate(1)]).toEqual([0.5, 1]);
    expect(rate(20)).toBeCloseTo(0.1, 10);
  });
});
