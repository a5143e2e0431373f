import { resolve } from 'node:path';
import { isLungsegError } from '@lungseg/core';
import { CommanderError, type Command } from 'commander';

/** Relative paths are relative to where the user stands, not to the workspace. */
export const resolvePath = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

/** Parses the command line and does what it asks; the exit code is 2 for bad usage and 1 for any other error, which is printed. */
export async function runCommand(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    console.error(isLungsegError(error) ? error.message : error);
    process.exitCode = 1;
  }
}
