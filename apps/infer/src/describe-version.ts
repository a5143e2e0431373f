import { isLungsegError } from '@lungseg/core';
import { readModelDescription } from '@lungseg/models';
import { DEFAULT_MODEL } from './arguments.js';
import { programVersion } from './version.js';

/** What `infer:run --version` says: the program's version, and that of the model where none is asked for. */
export async function describeVersion(): Promise<string> {
  const model = await readModelDescription(DEFAULT_MODEL).catch((error: unknown) => {
    if (isLungsegError(error)) return undefined;
    throw error;
  });
  return `${programVersion()}, ${model === undefined ? `without ${DEFAULT_MODEL}` : `${model.name} ${model.version}`}`;
}
