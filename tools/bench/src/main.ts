import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHES } from './benches.js';
import { lineOf, median, type Measurement } from './measurement.js';

const HELP = `Measures how long lungseg takes, beside other programs where they are installed.

Usage: npx nx run bench:run [--json=FILE] [--only=NAME,NAME] [--repeats=5]

Benches: ${Object.keys(BENCHES).join(', ')}. LUNGSEG_PYTHON names a Python with the others' packages.
`;

class UsageError extends Error {}

/** The names of benches that a user asks for. */
function namesOf(only: string | undefined): string[] {
  const names = only === undefined ? Object.keys(BENCHES) : only.split(',');
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown === undefined) return names;
  throw new UsageError(`There is no bench "${unknown}". There are: ${Object.keys(BENCHES).join(', ')}.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
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
  const python = process.env['LUNGSEG_PYTHON'];
  const measurements: Measurement[] = [];
  for (const name of namesOf(values.only)) {
    const found = await BENCHES[name]!({ repeats, python, say: (line) => console.log(line) });
    for (const measurement of found) console.log(lineOf(measurement));
    measurements.push(...found);
  }
  if (values.json !== undefined) {
    const path = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.json);
    await writeFile(path, `${JSON.stringify(reportOf(measurements, repeats), null, 2)}\n`);
    console.log(`written to ${path}`);
  }
}

function reportOf(measurements: readonly Measurement[], repeats: number): unknown {
  const medians = measurements.map(({ timings, ...rest }) => ({
    ...rest,
    medianMilliseconds: Object.fromEntries(
      Object.entries(timings).map(([name, { wall, cpu }]) => [
        name,
        { wall: median(wall), cpu: median(cpu) },
      ]),
    ),
    milliseconds: timings,
  }));
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.versions.node };
  return { machine, repeats, measurements: medians };
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
});
