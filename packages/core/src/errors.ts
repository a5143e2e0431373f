/** The kinds of error that lungseg throws on purpose. */
export type LungsegErrorKind = 'shape' | 'invalid-argument' | 'read' | 'write' | 'unsupported';

/**
 * Base of every error that lungseg throws on purpose: its text says what was expected, what was
 * received and what to do, so that an app can print it as it is.
 */
export abstract class LungsegError extends Error {
  abstract readonly kind: LungsegErrorKind;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A tensor or volume has a shape that the operation does not accept. */
export class ShapeError extends LungsegError {
  readonly kind = 'shape';
}

/** An argument or option is outside what the function accepts. */
export class InvalidArgumentError extends LungsegError {
  readonly kind = 'invalid-argument';
}

/** A file could not be read: it is missing, damaged, or not what its name says. */
export class ReadError extends LungsegError {
  readonly kind = 'read';
  /** The file or folder that was being read. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** A file could not be written: the disk is full, or its folder can't be written to. */
export class WriteError extends LungsegError {
  readonly kind = 'write';
  /** The file that was being written. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** The input is valid, but lungseg does not handle this form of it. */
export class UnsupportedError extends LungsegError {
  readonly kind = 'unsupported';
}

/**
 * Tells whether `error` is one of lungseg's own, whose message may be shown to a user as it is.
 *
 * @param error anything that was thrown
 * @returns true for an instance of {@link LungsegError}, also one from a second copy of this package
 */
export function isLungsegError(error: unknown): error is LungsegError {
  return (
    error instanceof LungsegError ||
    (error instanceof Error &&
      'kind' in error &&
      ['shape', 'invalid-argument', 'read', 'write', 'unsupported'].includes(String(error.kind)))
  );
}
