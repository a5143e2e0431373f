import {
  Adam,
  AdamW,
  constantSchedule,
  cosineSchedule,
  polynomialSchedule,
  Sgd,
  stepSchedule,
  type Optimizer,
  type Schedule,
} from '@lungseg/trainer';
import type { TrainConfig } from './config.js';

/** The optimizer that a config asks for. */
export function optimizerOf({ optimizer }: TrainConfig): Optimizer {
  const { name, weightDecay, momentum, nesterov } = optimizer;
  switch (name) {
    case 'adam':
      return new Adam();
    case 'adamw':
      return new AdamW({ weightDecay });
    case 'sgd':
      return new Sgd({ weightDecay, momentum, nesterov });
  }
}

/** The learning rate by step that a config asks for. */
export function scheduleOf({ optimizer, epochs, stepsPerEpoch }: TrainConfig): Schedule {
  const { schedule, learningRate, warmupSteps, finalShare, power, dropEveryEpochs, dropFactor } = optimizer;
  const totalSteps = epochs * stepsPerEpoch;
  switch (schedule) {
    case 'constant':
      return constantSchedule({ learningRate, warmupSteps });
    case 'cosine':
      return cosineSchedule({ learningRate, warmupSteps, totalSteps, finalShare });
    case 'polynomial':
      return polynomialSchedule({ learningRate, warmupSteps, totalSteps, finalShare, power });
    case 'step':
      return stepSchedule({
        learningRate,
        warmupSteps,
        dropEvery: dropEveryEpochs * stepsPerEpoch,
        factor: dropFactor,
      });
  }
}
