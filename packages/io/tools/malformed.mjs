// Reads every case of the malformed corpus in a process of its own, under a watchdog, and writes down what came of each.
//
// node tools/malformed.mjs                   writes docs/malformed-input.md
// node tools/malformed.mjs --json=FILE       writes all outcomes to FILE instead
// node tools/malformed.mjs --table=FILE      writes the page to FILE instead; beside --json, both
// node tools/malformed.mjs --only=TEXT       only cases whose name holds it, printed
//
// Exit code 1 where a case broke a rule: it hung, killed the process, was read though it must be refused, gave no clear error,
// or took too much memory.
import { fork } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** A case that takes longer hangs. */
const LIMIT_MS = 10_000;
/** What a case may take above the idle process. */
const LIMIT_BYTES = 2 ** 30;
/** Until the process is ready, and for the making of a case, which counts apart from its reading. */
const START_MS = 60_000;

/** The worker, bundled from source, in a folder from which it finds the packages. */
async function bundleWorker() {
  const folder = mkdtempSync(path.join(root, '.malformed-'));
  const outfile = path.join(folder, 'worker.mjs');
  await build({
    entryPoints: [path.join(root, 'src/testing/malformed/worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@lungseg/source'],
    external: ['@itk-wasm/*', 'itk-wasm', 'dicom-parser', 'fflate'],
    logLevel: 'error',
  });
  // The thread that decodes is started by its path, beside the code that starts it.
  copyFileSync(path.join(root, 'src/itk-wasm-worker.mjs'), path.join(folder, 'itk-wasm-worker.mjs'));
  return { folder, outfile };
}

/** The next message of the worker, or why there is none. */
function answer(worker, limitMs) {
  return new Promise((resolve) => {
    const finish = (value) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('exit', onExit);
      resolve(value);
    };
    const onMessage = (message) => finish({ message });
    const onExit = (code, signal) => finish({ died: `the process ended: ${signal ?? `exit code ${code}`}` });
    const timer = setTimeout(() => finish({ died: `no answer within ${limitMs / 1000} s` }), limitMs);
    worker.on('message', onMessage).on('exit', onExit);
  });
}

async function start(outfile) {
  // Warnings and stack traces of a dying process would only hide the report.
  const worker = fork(outfile, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
  const { message, died } = await answer(worker, START_MS);
  if (died !== undefined) throw new Error(`The worker doesn't start: ${died}.`);
  return { worker, ...message };
}

/** Outcomes of all cases whose names hold a text. */
async function runCases(outfile, only) {
  const outcomes = [];
  let running = await start(outfile);
  const { names } = running;
  for (const [index, name] of names.entries()) {
    if (!name.includes(only)) continue;
    running ??= await start(outfile);
    running.worker.send(index);
    // The limit of reading is checked below; this one also has the making of large input in it.
    const { message, died } = await answer(running.worker, 3 * LIMIT_MS);
    const outcome = message ?? { index, name, format: name.split(':')[0], outcome: 'wrong', detail: died };
    const peakBytes = (outcome.peakBytes ?? 0) - running.idleBytes;
    if (outcome.milliseconds > LIMIT_MS) {
      outcome.outcome = 'wrong';
      outcome.detail = `it took ${(outcome.milliseconds / 1000).toFixed(1)} s`;
    } else if (peakBytes > LIMIT_BYTES) {
      outcome.outcome = 'wrong';
      outcome.detail = `it took ${peakBytes} bytes of memory above idle`;
    }
    // The peak of a process never falls, so that the next case would have little left.
    if (died !== undefined || peakBytes > LIMIT_BYTES / 2) {
      running.worker.kill('SIGKILL');
      running = undefined;
    }
    outcomes.push(outcome);
  }
  running?.worker.kill();
  return outcomes;
}

const cell = (text) => text.replace(/[^ -~]/g, '.').replace(/[|\\`*_<>{}[\]~]/g, '\\$&');

function tableOf(outcomes) {
  const formats = [...new Set(outcomes.map(({ format }) => format))];
  const kinds = ['read error', 'unsupported', 'invalid argument', 'read', 'wrong'];
  const count = (format, kind) =>
    outcomes.filter((o) => (format === undefined || o.format === format) && o.outcome === kind).length;
  const summary = [...formats, undefined].map(
    (format) => `| ${format ?? '**all**'} | ${kinds.map((kind) => count(format, kind)).join(' | ')} |`,
  );
  const sections = formats.map((format) => {
    const rows = outcomes
      .filter((outcome) => outcome.format === format)
      .map(
        ({ name, outcome, detail }) =>
          `| ${cell(name.slice(format.length + 2))} | ${outcome} | ${cell(detail)} |`,
      );
    return `## ${format}\n\n| case | outcome | text, or what was read |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Malformed input

${outcomes.length} files that are damaged or hostile, and what lungseg makes of each: written by \`npx nx run io:malformed\`, from a
generator with a fixed seed (\`packages/io/src/testing/malformed\`). Each is read in a process that is watched. It must end
within 10 seconds and 1 GB above the idle process, in one error that says what is wrong, and a good file read right after
must come out whole. A flipped bit, or a line that is not needed, may leave or make an image that is sound; then the table
says how it differs from the one that was damaged. Everything else must be refused.

| format | ${kinds.join(' | ')} |
| --- | ${kinds.map(() => '--:').join(' | ')} |
${summary.join('\n')}

${sections.join('\n')}`;
}

const options = Object.fromEntries(
  process.argv
    .slice(2)
    .map((argument) => /^--(json|table|only)=(.+)$/s.exec(argument)?.slice(1) ?? ['unknown', argument]),
);
if (options.unknown !== undefined) {
  console.error(`${options.unknown} is not an option. There are --json=FILE, --table=FILE and --only=TEXT.`);
  process.exit(2);
}
const { folder, outfile } = await bundleWorker();
let outcomes;
try {
  outcomes = await runCases(outfile, options.only ?? '');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const { json, table, only } = options;
if (json !== undefined) writeFileSync(json, `${JSON.stringify(outcomes, null, 1)}\n`);
if (table !== undefined) writeFileSync(table, tableOf(outcomes));
if (json === undefined && table === undefined) {
  if (only === undefined) writeFileSync(path.join(root, '../../docs/malformed-input.md'), tableOf(outcomes));
  else for (const { name, outcome, detail } of outcomes) console.log(`${name}\n  ${outcome}: ${detail}`);
}
const wrong = outcomes.filter(({ outcome }) => outcome === 'wrong');
for (const { name, detail } of wrong) console.error(`wrong: ${name}: ${detail}`);
const slowest = Math.max(...outcomes.map(({ milliseconds = LIMIT_MS }) => milliseconds));
console.log(
  `${outcomes.length} cases, ${wrong.length} wrong, the slowest took ${(slowest / 1000).toFixed(1)} s`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
