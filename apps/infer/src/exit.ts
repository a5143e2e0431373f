import { isLungsegError } from '@lungseg/core';
import { CommanderError } from 'commander';
import pc from 'picocolors';
import { onStopSignal } from './stop-signals.js';

/** The exit code of bad usage. */
const BAD_USAGE = 2;

/**
 * Runs a command and says how the process should end: 0 when it succeeds, 2 when the command line can't be
 * understood, 1 when its input can't be used or its output not written, 130 when it is interrupted. What goes wrong
 * is one line on stderr; LUNGSEG_DEBUG=1 adds where.
 *
 * @param command what to do; its signal is aborted by Ctrl-C and by termination, as {@link onStopSignal} has it
 * @returns the exit code
 */
export async function exitCodeOf(command: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const controller = new AbortController();
  const ignoreSignals = onStopSignal(() => controller.abort(new Error('Interrupted; nothing was written.')));
  try {
    await command(controller.signal);
    return 0;
  } catch (error) {
    // Commander has said already what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE;
    process.stderr.write(`${pc.red('error:')} ${describeError(error)}\n`);
    if (process.env['LUNGSEG_DEBUG'] === '1' && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return controller.signal.aborted ? 130 : 1;
  } finally {
    ignoreSignals();
  }
}

/** An error as one line. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.trim().replace(/\s*\n\s*/g, ' ');
  const isExpected = isLungsegError(error) || (error instanceof Error && 'code' in error);
  return isExpected || line.endsWith('.') ? line : `${line}. Set LUNGSEG_DEBUG=1 to see where.`;
}
