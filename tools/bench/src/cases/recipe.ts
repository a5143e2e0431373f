import type { BenchCase } from '../bench-case.js';
import { augmentRequest, writeCase } from './augment.js';

/** How many steps are timed. */
const STEPS = 20;

/** What `recipe` contenders are sent. */
export interface RecipeRequest extends ReturnType<typeof augmentRequest> {
  /** How many steps are to be taken. */
  readonly steps: number;
}

/** Training by the Clara recipe as a whole: samples, network, loss, gradients, optimizer, checkpoint. */
export const recipe: BenchCase = {
  name: 'recipe',
  title: 'Training by the Clara recipe',
  about:
    `Training steps of the whole recipe, as train:serve takes them: AH-Net at full width, crops of 224 x 224 x 32 that a thread ` +
    'makes meanwhile of a prepared case, batch 1, Dice loss, Adam at 1e-4, float32; with the checkpoint at the end. Waiting is ' +
    'the time of a step in which no sample was there yet, or one was being asked for. Blocks are computed again in the backward pass.',
  contenders: ['recipe-lungseg.js'],
  once: true,
  prepare: async (folder, say) => {
    say('making a case ...');
    await writeCase(folder);
    const request = (steps: number): RecipeRequest => ({ ...augmentRequest(folder, 1, steps), steps });
    return [
      { what: 'the first step', count: 1, request: request(1) },
      { what: `${STEPS} steps`, count: STEPS, request: request(STEPS) },
    ];
  },
};
