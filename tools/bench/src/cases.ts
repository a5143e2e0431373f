import type { BenchCase } from './bench-case.js';
import { augment, augmentMemory } from './cases/augment.js';
import { read } from './cases/read.js';

/** All cases. */
export const CASES: readonly BenchCase[] = [read, augment, augmentMemory];
