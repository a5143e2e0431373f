/** `npm test`: installs, then runs every test in three stages, and stops at the first stage that fails. */
import { pathToFileURL } from 'node:url';
import { countLine, newTally, tallyLine } from './count.mjs';
import { install } from './install.mjs';
import { runNx } from './nx.mjs';

const STAGES = ['test', 'test-int', 'test-e2e'];

/** @type {Record<string, string>} */
const DEFAULTS = { '--parallel': '2', '--output-style': 'stream' };

/**
 * The arguments of one stage's Nx run; what the user gives stands instead of a default.
 * @param {string} stage
 * @param {string[]} extra
 */
export function stageArgs(stage, extra) {
  const defaults = Object.entries(DEFAULTS)
    .filter(([name]) => !extra.some((arg) => arg === name || arg.startsWith(`${name}=`)))
    .map(([name, value]) => `${name}=${value}`);
  return ['run-many', '-t', stage, ...defaults, ...extra];
}

/** @param {string[]} extra */
async function main(extra) {
  install();
  const total = newTally();
  /** @type {string[]} */
  const report = [];
  let exitCode = 0;
  for (const stage of STAGES) {
    const tally = newTally();
    const start = Date.now();
    const code = await runNx(stageArgs(stage, extra), { onLine: (line) => countLine(tally, line) });
    // A project that fails before its runner's summary is a failure too.
    if (code !== 0 && tally.failed === 0) tally.failed = 1;
    report.push(`${stage}: ${((Date.now() - start) / 1000).toFixed(1)} s: ${tallyLine(tally)}`);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    if (code !== 0) {
      exitCode = 1;
      break;
    }
  }
  console.log(`\n${report.map((line) => `stage ${line}`).join('\n')}`);
  console.log(tallyLine(total));
  return exitCode;
}

// Node's test runner takes a file of this name for a test: under it, do nothing.
const isTested = process.env.NODE_TEST_CONTEXT !== undefined;
if (!isTested && process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
