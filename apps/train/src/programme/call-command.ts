import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@lungseg/core';

const workspace = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** The commands that a programme is made of, each in a process of its own, which gives its memory back. */
const COMMANDS = {
  serve: workspace('apps/train/dist/main.js'),
  export: workspace('apps/train/dist/export/main.js'),
  evaluate: workspace('apps/infer/dist/evaluate.js'),
  phantoms: workspace('tools/phantoms/dist/cases.js'),
} as const;

/** The name of a command that a programme is made of. */
export type ProgrammeCommand = keyof typeof COMMANDS;

/**
 * Runs a command to its end; what it prints is seen.
 *
 * @throws InvalidArgumentError when it fails; the signal's reason when that stopped it
 */
export function callCommand(
  command: ProgrammeCommand,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A signal to this process alone is passed on. A child that Ctrl-C has reached, too, takes both as one, and saves a checkpoint.
    const child = spawn(process.execPath, [COMMANDS[command], ...args], { stdio: 'inherit' });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('exit', (code, killed) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve();
      else {
        reject(
          new InvalidArgumentError(
            `The programme stopped: ${command} ended with ${code === null ? String(killed) : `code ${code}`}. What is finished is kept: start it again to go on.`,
          ),
        );
      }
    });
  });
}
