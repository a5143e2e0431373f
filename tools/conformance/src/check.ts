import type { Golden } from './golden.js';

/** One comparison with a reference. */
export interface Comparison {
  readonly name: string;
  readonly error: number;
  readonly tolerance: number;
}

/** The outcome of a case. */
export interface CaseResult {
  readonly name: string;
  readonly comparisons: readonly Comparison[];
  /** Parts of the case that lungseg doesn't have yet, by name. */
  readonly skipped: readonly string[];
}

/** Checks one case of a folder of reference tensors. */
export type CaseCheck = (
  golden: Golden,
  name: string,
) => Omit<CaseResult, 'name'> | Promise<Omit<CaseResult, 'name'>>;

/** The comparison closest to its tolerance, or furthest beyond it. */
export function worst(comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons.reduce<Comparison | undefined>(
    (a, b) => (a === undefined || share(b) > share(a) ? b : a),
    undefined,
  );
}

/** How much of its tolerance an error takes up; where that is 0, an error is infinitely beyond it. */
function share({ error, tolerance }: Comparison): number {
  return error === 0 ? 0 : error / tolerance;
}
