import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** The environment of a command. Nx sets FORCE_COLOR; beside NO_COLOR, that makes Node itself warn on stderr. */
export const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  INIT_CWD: ROOT,
  FORCE_COLOR: undefined,
});

/** Runs a command of the built app to its end. */
export function runApp(
  script: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('apps/train', script), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: environment(),
  });
  return { status, output: stdout + stderr };
}
