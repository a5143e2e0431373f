import { InvalidArgumentError } from '@lungseg/core';

/** What a command line says can't be used: the command ends with 2, as where it can't be understood. */
export class UsageError extends InvalidArgumentError {}
