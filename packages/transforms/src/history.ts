import { InvalidArgumentError, type Json, type Transform } from '@lungseg/core';

/** One step that was taken: which transform, with which parameters. */
export type TransformRecord = { readonly name: string; readonly params: Json };

/** The steps that were taken, in order; plain JSON. */
export type History = readonly TransformRecord[];

/** Refuses the history of other steps. */
export function assertHistory(steps: readonly Transform[], history: History): void {
  const expected = steps.map(({ name }) => name).join(', ');
  const received = history.map(({ name }) => name).join(', ');
  if (expected !== received) {
    throw new InvalidArgumentError(
      `The history must be of the steps ${expected}. Received: ${received}. Replay it with the composition that drew it.`,
    );
  }
}
