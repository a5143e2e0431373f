import { checkAHNet } from './check-ahnet.js';
import { checkLosses } from './check-losses.js';
import type { CaseCheck, CaseResult } from './check.js';
import type { Golden } from './golden.js';

/** Which check a case's name belongs to, first match first. */
const CHECKS: readonly (readonly [RegExp, CaseCheck])[] = [
  [/^ahnet-/, checkAHNet],
  [/^losses$/, checkLosses],
];

/** Checks every case of a folder, one after the other; a case without a check counts as skipped whole. */
export function* runCases(golden: Golden): Generator<CaseResult> {
  for (const name of Object.keys(golden.cases)) {
    const check = CHECKS.find(([pattern]) => pattern.test(name))?.[1];
    yield check === undefined ? { name, comparisons: [], skipped: [name] } : { name, ...check(golden, name) };
  }
}
