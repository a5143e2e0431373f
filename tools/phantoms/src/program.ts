import { resolve } from 'node:path';
import { isLungsegError } from '@lungseg/core';
import { PHANTOM_PRESETS } from '@lungseg/data';
import { InvalidArgumentError, Option, type Command } from 'commander';

/** Reads an integer of a command line. */
export const integer =
  (lowest: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < lowest) {
      throw new InvalidArgumentError(`It must be an integer of ${lowest} or more.`);
    }
    return value;
  };

/** The option that takes one of the presets of phantoms. */
export const presetOption = (preset: keyof typeof PHANTOM_PRESETS): Option =>
  new Option('--preset <name>', 'what the phantoms are for')
    .choices(Object.keys(PHANTOM_PRESETS))
    .default(preset);

/** Relative paths are relative to where the user stands, not to the workspace. */
export const here = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

/** Runs a program to its end, and sets the exit code: 2 when its command line can't be understood, 1 when it fails. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.exitOverride().parseAsync();
  } catch (error) {
    // Commander has printed its own complaints by now; help and version are no failure.
    const commander = error as { code?: unknown; exitCode?: unknown };
    if (typeof commander.code === 'string' && commander.code.startsWith('commander.')) {
      process.exitCode = commander.exitCode === 0 ? 0 : 2;
      return;
    }
    console.error(isLungsegError(error) || error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
