import { InvalidArgumentError } from '@lungseg/core';

/** Refuses what is no positive integer. */
export function assertCount(name: string, count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidArgumentError(`${name} must be a positive integer. Received: ${count}.`);
  }
}
