import { InvalidArgumentError, isLungsegError, ShapeError, UnsupportedError } from '@lungseg/core';

const CLASSES: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  shape: ShapeError,
  'invalid-argument': InvalidArgumentError,
  unsupported: UnsupportedError,
};

/** Does something on behalf of a transform: an error keeps its class and cause, and its text begins with the name. */
export function nameErrors<R>(name: string, action: () => R): R {
  try {
    return action();
  } catch (cause) {
    const text = `${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
    const errorClass = isLungsegError(cause) ? CLASSES[cause.kind] : undefined;
    throw new (errorClass ?? Error)(text, { cause });
  }
}
