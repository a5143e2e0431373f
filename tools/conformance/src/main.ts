import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { selectBackend, type BackendChoice } from '@lungseg/backend';
import { isLungsegError } from '@lungseg/core';
import { worst, type CaseResult } from './check.js';
import { Golden } from './golden.js';
import { runCases } from './run-cases.js';

const HELP = `Checks lungseg against reference tensors computed by MONAI.

Usage: npx nx run conformance:run --golden=DIR [--backend=auto|native|wasm|cpu]

DIR holds manifest.json and one .safetensors file a case, as make_golden.py writes them with any seed.
Prints a line a case with its largest relative error, then 'N passed, N failed'. Exit code 1 on a failure.
`;

function lineOf({ name, comparisons, skipped }: CaseResult): { line: string; failed: boolean } {
  const top = worst(comparisons);
  const note = skipped.length > 0 ? `  (skipped: ${skipped.join(', ')})` : '';
  if (top === undefined) return { line: `skip  ${name}${note}`, failed: false };
  const failed = !(top.error <= top.tolerance);
  const count = `${comparisons.length} comparison${comparisons.length === 1 ? '' : 's'}`;
  const detail = `${top.error.toExponential(2)} (${top.name}, tolerance ${Number(top.tolerance.toPrecision(2))}, ${count})`;
  return { line: `${failed ? 'FAIL' : 'pass'}  ${name}  ${detail}${note}`, failed };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      golden: { type: 'string' },
      backend: { type: 'string', default: 'auto' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.golden === undefined) {
    process.stderr.write(`--golden=DIR is missing.\n\n${HELP}`);
    return 2;
  }
  const golden = new Golden(resolve(process.env['INIT_CWD'] ?? process.cwd(), values.golden));
  const backend = await selectBackend(values.backend as BackendChoice);
  console.log(`Backend: ${backend.description}. Reference tensors: seed ${golden.seed}.`);
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for await (const result of runCases(golden)) {
    const { line, failed } = lineOf(result);
    console.log(line);
    totals[failed ? 'failed' : result.comparisons.length > 0 ? 'passed' : 'skipped']++;
  }
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
  console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
  return totals.failed > 0 ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const usage = error instanceof TypeError && 'code' in error;
    console.error(isLungsegError(error) || usage ? (error as Error).message : error);
    process.exitCode = usage ? 2 : 1;
  },
);
