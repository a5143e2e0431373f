import { InvalidArgumentError, ReadError, ShapeError, UnsupportedError, WriteError } from './errors.js';
import type { LungsegErrorKind } from './errors.js';

/** An error as data, which crosses between threads, where an error loses its class and what it was given. */
export interface ErrorParts {
  readonly message: string;
  /** That of an error of lungseg. */
  readonly kind?: string | undefined;
  /** The file of a {@link ReadError} or {@link WriteError}. */
  readonly path?: string | undefined;
  /** That of a system call that failed, for instance `ENOENT`. */
  readonly code?: string | undefined;
  readonly stack?: string | undefined;
}

/**
 * Takes anything that was thrown apart, by a thread, for {@link fromErrorParts} in another.
 *
 * @param thrown an error, also of another realm, or something else
 * @example
 * parentPort.postMessage({ error: toErrorParts(error) });
 */
export function toErrorParts(thrown: unknown): ErrorParts {
  const { message, kind, path, code, stack } = Object(thrown) as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    message: text(message) ?? String(thrown),
    kind: text(kind),
    path: text(path),
    code: text(code),
    stack: text(stack),
  };
}

const MAKERS: Readonly<Record<LungsegErrorKind, (parts: ErrorParts, options?: ErrorOptions) => Error>> = {
  shape: ({ message }, options) => new ShapeError(message, options),
  'invalid-argument': ({ message }, options) => new InvalidArgumentError(message, options),
  read: ({ message, path = '' }, options) => new ReadError(path, message, options),
  write: ({ message, path = '' }, options) => new WriteError(path, message, options),
  unsupported: ({ message }, options) => new UnsupportedError(message, options),
};

/**
 * An error of its class again.
 *
 * @param parts of {@link toErrorParts}
 * @param options a cause
 * @example
 * worker.on('message', ({ error }) => reject(fromErrorParts(error)));
 */
export function fromErrorParts(parts: ErrorParts, options?: ErrorOptions): Error {
  const { message, kind = '', code, stack } = parts;
  const make = Object.hasOwn(MAKERS, kind) ? MAKERS[kind as LungsegErrorKind] : undefined;
  const error = make?.(parts, options) ?? new Error(message, options);
  return Object.assign(error, code === undefined ? {} : { code }, stack === undefined ? {} : { stack });
}

/**
 * The error with a text that begins with what it is about, of the same class, with the error as its cause.
 *
 * @param prefix for instance the name of a transform or file
 * @param cause anything that was thrown
 * @example
 * throw prefixError('crop', new ShapeError('too small')); // ShapeError: crop: too small
 */
export function prefixError(prefix: string, cause: unknown): Error {
  const parts = toErrorParts(cause);
  return fromErrorParts({ ...parts, message: `${prefix}: ${parts.message}`, stack: undefined }, { cause });
}
