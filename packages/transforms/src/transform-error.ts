import { prefixError } from '@lungseg/core';

/** Does something on behalf of a transform: an error keeps its class and cause, and its text begins with the name. */
export function nameErrors<R>(name: string, action: () => R): R {
  try {
    return action();
  } catch (cause) {
    throw prefixError(name, cause);
  }
}
