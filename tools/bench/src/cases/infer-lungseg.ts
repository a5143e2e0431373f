import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readVolume } from '@lungseg/io';
import { dice } from '@lungseg/metrics';
import { serveTasks } from '../serve-tasks.js';
import type { InferRequest } from './infer.js';

const [, , backend, precision] = process.argv as [string, string, string, string];
const APP = fileURLToPath(new URL('../../../../apps/infer/dist/main.js', import.meta.url));
/** The contender that the others' masks are compared with. */
const REFERENCE = 'native-float32.nii.gz';

/** What of the report of infer:run is told. */
interface Report {
  readonly precision: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly processorSeconds: number;
  readonly peakMemoryBytes: number;
}

await serveTasks(`lungseg, ${backend} ${precision}`, async (request) => {
  const { input, model, folder } = request as InferRequest;
  const output = join(folder, `${backend}-${precision}.nii.gz`);
  const json = join(folder, `${backend}-${precision}.json`);
  const flags = [`--backend=${backend}`, `--precision=${precision}`, '--quiet'];
  await run(`--input=${input}`, `--output=${output}`, `--json=${json}`, `--model=${model}`, ...flags);
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  const stages = Object.entries(report.seconds).map(([stage, seconds]) => `${stage} ${seconds.toFixed(2)} s`);
  const agreement = existsSync(join(folder, REFERENCE))
    ? [`Dice ${(await agreementOf(folder, output)).toFixed(5)}`]
    : [];
  return {
    cpuMs: 1000 * report.processorSeconds,
    peakBytes: report.peakMemoryBytes,
    note: [report.precision, ...stages, ...agreement].join(', '),
  };
});

async function agreementOf(folder: string, output: string): Promise<number> {
  const [mask, reference] = await Promise.all(
    [output, join(folder, REFERENCE)].map((path) => readVolume(path, { kind: 'label' })),
  );
  return dice(mask!.volume, reference!.volume);
}

function run(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [APP, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`infer:run ended with code ${String(code)}.`)),
    );
  });
}
