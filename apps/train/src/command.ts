import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { isLungsegError } from '@lungseg/core';
import { CommanderError, type Command } from 'commander';
import pc from 'picocolors';
import { withPlainDefaults } from './plain-defaults.js';
import { UsageError } from './usage-error.js';

/** Relative paths are relative to where the user stands, not to the workspace. */
export function resolvePath(path: string): string {
  return isAbsolute(path) ? path : resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** Gathers the values of an option that is given several times. */
export const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/**
 * Runs a command to its end, and sets the exit code: 0 when it succeeds, 2 when the command line can't be understood, 1
 * when its input can't be used. What goes wrong is one line on stderr; LUNGSEG_DEBUG=1 adds where. Ctrl-C and SIGTERM
 * abort the signal; another one a second or more later ends the process at once. One that comes sooner is the same wish: a
 * terminal tells every process of a command, and so does Nx, and a process that is told passes it on to its children.
 *
 * @param make the command, whose actions heed the signal
 * @param whenStopped what is said when an action ends by throwing the signal's reason
 */
export async function runCommand(
  make: (signal: AbortSignal) => Command,
  whenStopped = 'Stopped before its end; nothing was written.',
): Promise<void> {
  const abort = new AbortController();
  let stoppedAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (abort.signal.aborted) {
      if (now - stoppedAt >= SAME_WISH_MS) process.exit(name === 'SIGINT' ? 130 : 143);
      return;
    }
    stoppedAt = now;
    console.error('Stopping after what is under way. Press Ctrl-C again to stop at once.');
    abort.abort(new StoppedError(whenStopped));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const command = make(abort.signal).version(`lungseg ${version()}`, '--version', 'print the version');
    await withPlainDefaults(command).exitOverride().allowExcessArguments(false).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Signals that come this soon after the first are the same one, told by another. */
const SAME_WISH_MS = 1000;

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

class StoppedError extends Error {}

/** The exit code of bad usage. */
const BAD_USAGE = 2;

function report(error: unknown): number {
  // Commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE;
  if (error instanceof StoppedError) {
    console.error(error.message);
    return 130;
  }
  const isExpected = isLungsegError(error) || (error instanceof Error && 'code' in error);
  const text = error instanceof Error ? error.message.trim().replace(/\s*\n\s*/g, ' ') : String(error);
  console.error(`${pc.red('error:')} ${isExpected ? text : `${text} Set LUNGSEG_DEBUG=1 to see where.`}`);
  if (process.env['LUNGSEG_DEBUG'] === '1' && error instanceof Error) console.error(error.stack);
  return error instanceof UsageError ? BAD_USAGE : 1;
}
