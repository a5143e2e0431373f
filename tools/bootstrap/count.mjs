/** Adds up what the test runners print at their end. */

// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;]*m/g;

/** Jest's `Tests: 1 failed, 2 skipped, 12 passed, 15 total`; Nx may put the project's name before it. */
const JEST = /(?:^|\s)Tests:\s+(.*\b\d+ total)\s*$/;

/** Node's runner, one number a line: `# pass 12` in TAP, `ℹ pass 12` in its spec format. */
const NODE = /(?:^|\s)[#ℹ] (pass|fail|cancelled|skipped|todo) (\d+)\s*$/;

/** @type {Record<string, 'passed' | 'failed' | 'skipped'>} */
const KINDS = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  todo: 'skipped',
  pass: 'passed',
  fail: 'failed',
  cancelled: 'failed',
};

/** @returns {{ passed: number, failed: number, skipped: number }} */
export function newTally() {
  return { passed: 0, failed: 0, skipped: 0 };
}

/**
 * Adds one line of output to the tally; a line that is no runner's summary changes nothing.
 * @param {ReturnType<typeof newTally>} tally
 * @param {string} rawLine
 */
export function countLine(tally, rawLine) {
  const line = rawLine.replace(ANSI, '').replace(/\r$/, '');
  const jest = JEST.exec(line);
  if (jest) {
    for (const [, count, kind] of (jest[1] || '').matchAll(/(\d+) (passed|failed|skipped|todo)/g)) {
      tally[KINDS[kind || ''] || 'skipped'] += Number(count);
    }
    return;
  }
  const node = NODE.exec(line);
  if (node) tally[KINDS[node[1] || ''] || 'skipped'] += Number(node[2]);
}

/**
 * The closing line.
 * @param {ReturnType<typeof newTally>} tally
 */
export function tallyLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
