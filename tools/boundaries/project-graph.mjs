/** `@nx/enforce-module-boundaries` reads Nx's project graph from its cache, which `nx run` has just brought up to date. */
import { createProjectGraphAsync } from '@nx/devkit';

/** Makes the graph where ESLint was started by itself. */
export async function ensureProjectGraph() {
  if (process.env.NX_TASK_TARGET_PROJECT !== undefined) return;
  // A linter should leave no background process behind.
  process.env.NX_DAEMON ??= 'false';
  await createProjectGraphAsync();
}
