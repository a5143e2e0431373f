import { prefixError, toErrorParts } from '@lungseg/core';

/** The error of a job: it keeps its class, and its text begins with the job's name, unless it names that already. */
export function nameError(name: string | undefined, cause: unknown): unknown {
  const { message, path } = toErrorParts(cause);
  if (name === undefined || path === name || message.startsWith(`${name}: `)) return cause;
  return prefixError(name, cause);
}

/** What a job calls itself: a path or name, or an object's `name` or `image`. */
export function labelOf(job: unknown): string | undefined {
  if (typeof job === 'string') return job;
  const { name, image } = Object(job) as { readonly name?: unknown; readonly image?: unknown };
  return [name, image].find((label) => typeof label === 'string' && label !== '') as string | undefined;
}
