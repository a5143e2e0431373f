import { checkAHNet } from './check-ahnet.js';
import { checkLosses } from './check-losses.js';
import { checkMetrics } from './check-metrics.js';
import { checkPostprocess } from './check-postprocess.js';
import { checkSlidingWindow } from './check-sliding-window.js';
import { checkTransforms } from './check-transforms.js';
import type { CaseCheck, CaseResult } from './check.js';
import type { Golden } from './golden.js';

/** Which check a case's name belongs to, first match first. */
const CHECKS: readonly (readonly [RegExp, CaseCheck])[] = [
  [/^ahnet-/, checkAHNet],
  [/^losses$/, checkLosses],
  [/^metrics$/, checkMetrics],
  [/^transforms$/, checkTransforms],
  [/^postprocess$/, checkPostprocess],
  [/^sliding-window$/, checkSlidingWindow],
];

/** Checks every case of a folder, one after the other; a case without a check counts as skipped whole. */
export async function* runCases(golden: Golden): AsyncGenerator<CaseResult> {
  for (const name of Object.keys(golden.cases)) {
    const check = CHECKS.find(([pattern]) => pattern.test(name))?.[1];
    yield check === undefined
      ? { name, comparisons: [], skipped: [name] }
      : { name, ...(await check(golden, name)) };
  }
}
