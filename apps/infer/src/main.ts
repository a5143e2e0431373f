import { parseInferArguments } from './arguments.js';
import { describeVersion } from './describe-version.js';
import { exitCodeOf } from './exit.js';
import { runInfer } from './run-infer.js';
import { runList } from './run-list.js';
import { Terminal } from './terminal.js';

process.exitCode = await exitCodeOf(async (signal) => {
  const argv = process.argv.slice(2);
  // The model's description is read only for who asks.
  const version = argv.includes('--version') ? await describeVersion() : undefined;
  const options = parseInferArguments(argv, version);
  const terminal = (isQuiet: boolean): Terminal =>
    new Terminal({ out: process.stdout, err: process.stderr }, isQuiet);
  if (options.list) await runList(options, terminal(false), signal);
  else await runInfer(options, terminal(options.quiet), signal);
});
