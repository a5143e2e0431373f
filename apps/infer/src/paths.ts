import { resolve } from 'node:path';

/**
 * A path as the user means it: relative to where they stand. Nx runs commands in the workspace's root, and says in
 * INIT_CWD where it was called.
 */
export function resolveFromUser(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}
