import type { BenchCase } from '../bench-case.js';
import { INPUT_SIZE, writeAHNetRequest } from './ahnet-weights.js';

/** A step of training of the full network, beside MONAI on PyTorch. */
export const trainStep: BenchCase = {
  name: 'train-step',
  title: 'Training step',
  about:
    'One step of the full AH-Net on one crop: forward, Dice loss over the softmax, backward, Adam; float32 but where it says bfloat16, which convolutions then multiply in; the same initial weights, ' +
    'one thread a core. One contender after the other, since together they would fill the memory.',
  contenders: [
    'train-step-lungseg.js float32',
    'train-step-lungseg.js float32 recompute',
    'train-step-lungseg.js bfloat16',
    'train-step-lungseg.js bfloat16 recompute',
    'train_step.py',
    'train_step.py channels_last_3d',
  ],
  apart: true,
  prepare: async (folder) => [
    { what: `${[...INPUT_SIZE].reverse().join(' x ')}, batch 1`, request: await writeAHNetRequest(folder) },
  ],
};
