import {
  InvalidArgumentError,
  isLungsegError,
  type LungsegError,
  ReadError,
  ShapeError,
  UnsupportedError,
  WriteError,
} from '@lungseg/core';

/** What crosses from a thread of an error. */
export interface ErrorParts {
  readonly message: string;
  readonly kind?: string | undefined;
  readonly path?: string | undefined;
}

const CLASSES: Readonly<Record<string, new (text: string, options?: ErrorOptions) => LungsegError>> = {
  shape: ShapeError,
  'invalid-argument': InvalidArgumentError,
  unsupported: UnsupportedError,
};

/** The text of anything that was thrown, by a thread of another realm as well. */
export function messageOf(cause: unknown): string {
  return String((cause as { readonly message?: unknown } | null | undefined)?.message ?? cause);
}

/** An error in its class again. */
export function errorOf({ message, kind, path = '' }: ErrorParts, options?: ErrorOptions): Error {
  if (kind === 'read') return new ReadError(path, message, options);
  if (kind === 'write') return new WriteError(path, message, options);
  return new (CLASSES[kind ?? ''] ?? Error)(message, options);
}

/** The error of a job: it keeps its class, and its text begins with the job's name, unless it names that already. */
export function nameError(name: string | undefined, cause: unknown): unknown {
  const message = messageOf(cause);
  const parts: Partial<ErrorParts> = isLungsegError(cause) ? cause : {};
  if (name === undefined || parts.path === name || message.startsWith(`${name}: `)) return cause;
  return errorOf({ kind: parts.kind, path: parts.path, message: `${name}: ${message}` }, { cause });
}

/** What a job calls itself: a path or name, or an object's `name` or `image`. */
export function labelOf(job: unknown): string | undefined {
  if (typeof job === 'string') return job;
  const { name, image } = Object(job) as { readonly name?: unknown; readonly image?: unknown };
  return [name, image].find((label) => typeof label === 'string' && label !== '') as string | undefined;
}
