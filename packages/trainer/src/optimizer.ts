import { InvalidArgumentError, type NamedArray, type StateDict } from '@lungseg/core';

/** Values and gradients of equal length, by the parameter's name. Gradients are never changed. */
export type Parameters = ReadonlyMap<
  string,
  { readonly value: Float32Array; readonly gradient: Float32Array }
>;

/** Moves weights along their gradients, and remembers what it needs for the next step. */
export interface Optimizer {
  /** Steps taken so far. */
  readonly steps: number;
  /**
   * Takes one step: changes every `value` in place.
   *
   * @param parameters values and gradients by name
   * @param learningRate the step's learning rate
   */
  step(parameters: Parameters, learningRate: number): void;
  /** What it remembers, to go on from later. */
  stateDict(): StateDict;
  /**
   * Takes over a state that {@link Optimizer.stateDict} of the same kind of optimizer gave.
   *
   * @throws InvalidArgumentError when it is not one
   */
  loadStateDict(state: StateDict): void;
}

/** A number of steps as an entry of a state. */
export function stepEntry(steps: number): [string, NamedArray] {
  return ['step', { shape: [], data: BigInt64Array.of(BigInt(steps)) }];
}

/**
 * The number of steps in a state, whose other entries must all end in one of the given endings.
 *
 * @throws InvalidArgumentError when the entry is missing, or the state is another optimizer's
 */
export function readSteps(owner: string, state: StateDict, endings: readonly string[]): number {
  const steps = state.get('step')?.data;
  if (!(steps instanceof BigInt64Array)) {
    throw new InvalidArgumentError(`${owner}'s state must have the entry 'step'.`);
  }
  const foreign = [...state.keys()].find(
    (key) => key !== 'step' && !endings.some((ending) => key.endsWith(ending)),
  );
  if (foreign !== undefined) {
    throw new InvalidArgumentError(
      `${owner}'s state must have entries that end in ${endings.join(' or ')}. Received: ${foreign}. Go on with the optimizer that the run began with.`,
    );
  }
  return Number(steps[0]);
}
