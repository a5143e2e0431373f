import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchCase } from './bench-case.js';
import { withSection } from './benchmarks-page.js';
import { CASES } from './cases.js';
import { thisMachine } from './machine.js';
import { jsonOf, linesOf, sectionOf, type Report } from './report.js';
import { runCase } from './run-case.js';

const NAMES = CASES.map(({ name }) => name).join(', ');

const HELP = `Measures how long lungseg takes, beside other programs where they are installed.

Usage: npx nx run bench:run [--json=FILE] [--docs] [--only=NAME,NAME] [--repeats=5]

  --json=FILE   writes every sample
  --docs        rewrites the cases' sections of docs/benchmarks.md
  --only        some cases; there are: ${NAMES}
  --repeats     how often each task is timed, after once that doesn't count

LUNGSEG_PYTHON names a Python that has the others' packages.
`;

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks.md');

class UsageError extends Error {}

function casesOf(only: string | undefined): readonly BenchCase[] {
  if (only === undefined) return CASES;
  return only.split(',').map((name) => {
    const found = CASES.find((one) => one.name === name);
    if (found === undefined) throw new UsageError(`There is no case "${name}". There are: ${NAMES}.`);
    return found;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      docs: { type: 'boolean', default: false },
      only: { type: 'string' },
      repeats: { type: 'string', default: '5' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const repeats = Number(values.repeats);
  if (!(Number.isInteger(repeats) && repeats > 0))
    throw new UsageError(`--repeats must be a positive integer. Received: ${values.repeats}.`);
  const reports: Report[] = [];
  for (const benchCase of casesOf(values.only)) {
    const say = (line: string): void => console.log(`${benchCase.name}: ${line}`);
    const machine = thisMachine();
    const options = { repeats, python: process.env['LUNGSEG_PYTHON'], say };
    const measurements = await runCase(benchCase, options);
    if (measurements.length === 0) continue;
    measurements.flatMap(linesOf).forEach(say);
    const report = { benchCase, machine, repeats: benchCase.once === true ? 1 : repeats, measurements };
    reports.push(report);
    if (values.docs) await writeSection(benchCase.name, sectionOf(report));
  }
  if (values.json !== undefined) {
    const path = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.json);
    await writeFile(path, `${JSON.stringify(reports.map(jsonOf), null, 2)}\n`);
    console.log(`written to ${path}`);
  }
}

async function writeSection(name: string, section: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  await writeFile(PAGE, withSection(page, name, section));
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
});
