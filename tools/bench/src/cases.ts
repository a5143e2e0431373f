import type { BenchCase } from './bench-case.js';
import { augment, augmentMemory } from './cases/augment.js';
import { forward } from './cases/forward.js';
import { infer, inferFullWidth } from './cases/infer.js';
import { readCompressed } from './cases/read-compressed.js';
import { read } from './cases/read.js';
import { recipe } from './cases/recipe.js';
import { trainStep } from './cases/train-step.js';

/** All cases. */
export const CASES: readonly BenchCase[] = [
  read,
  readCompressed,
  augment,
  augmentMemory,
  forward,
  infer,
  inferFullWidth,
  trainStep,
  recipe,
];
