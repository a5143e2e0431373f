import { parseInferArguments } from './arguments.js';
import { exitCodeOf } from './exit.js';
import { runInfer } from './run-infer.js';
import { Terminal } from './terminal.js';

process.exitCode = await exitCodeOf(async (signal) => {
  const options = parseInferArguments(process.argv.slice(2));
  await runInfer(options, new Terminal({ out: process.stdout, err: process.stderr }, options.quiet), signal);
});
