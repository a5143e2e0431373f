import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isLungsegError } from '@lungseg/core';
import { CommanderError, type Command } from 'commander';
import pc from 'picocolors';
import { withPlainDefaults } from './plain-defaults.js';
import { onStopSignal } from './stop-signals.js';

/** Relative paths are relative to where the user stands, not to the workspace. */
export function resolvePath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** Gathers the values of an option that is given several times. */
export const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/**
 * Runs a command to its end, and sets the exit code: 0 when it succeeds, 2 when the command line can't be understood, 1
 * when its input can't be used. What goes wrong is one line on stderr; LUNGSEG_DEBUG=1 adds where. Ctrl-C and SIGTERM
 * abort the signal, as {@link onStopSignal} has it.
 *
 * @param make the command, whose actions heed the signal
 * @param whenStopped what is said when an action ends by throwing the signal's reason
 */
export async function runCommand(
  make: (signal: AbortSignal) => Command,
  whenStopped = 'Stopped before its end; nothing was written.',
): Promise<void> {
  const abort = new AbortController();
  const ignoreSignals = onStopSignal(() => {
    console.error('Stopping after what is under way. Press Ctrl-C again to stop at once.');
    abort.abort(new StoppedError(whenStopped));
  });
  try {
    const command = make(abort.signal).version(`lungseg ${version()}`, '--version', 'print the version');
    await withPlainDefaults(command).exitOverride().allowExcessArguments(false).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    ignoreSignals();
  }
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

class StoppedError extends Error {}

function report(error: unknown): number {
  // Commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof StoppedError) {
    console.error(error.message);
    return 130;
  }
  console.error(`${pc.red('error:')} ${describeError(error)}`);
  if (process.env['LUNGSEG_DEBUG'] === '1' && error instanceof Error) console.error(error.stack);
  return 1;
}

/** An error as one line. */
function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.trim().replace(/\s*\n\s*/g, ' ');
  const isExpected = isLungsegError(error) || (error instanceof Error && 'code' in error);
  return isExpected || line.endsWith('.') ? line : `${line}. Set LUNGSEG_DEBUG=1 to see where.`;
}
