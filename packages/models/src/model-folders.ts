import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReadError } from '@lungseg/core';

/** Where the shipped models lie: beside this package's src or dist. The CommonJS build has no import.meta.url. */
const SHIPPED = join(
  typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url)),
  '../weights',
);

/**
 * The names of the models that this package carries, in alphabetical order.
 *
 * @example
 * await listModels(); // ['ahnet-small']
 */
export async function listModels(): Promise<string[]> {
  const entries = await readdir(SHIPPED, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const complete = await Promise.all(folders.map((name) => isFile(join(SHIPPED, name, 'model.json'))));
  return folders.filter((_, index) => complete[index]).sort();
}

/**
 * The folder of a model: a shipped model's name goes before a folder of the same name.
 *
 * @throws ReadError when it is neither
 */
export async function findModelFolder(nameOrFolder: string): Promise<string> {
  const shipped = await listModels();
  if (shipped.includes(nameOrFolder)) return join(SHIPPED, nameOrFolder);
  if (await isFile(join(nameOrFolder, 'model.json'))) return nameOrFolder;
  throw new ReadError(
    nameOrFolder,
    `A model must be one of ${shipped.join(', ') || '(none shipped)'}, or a folder with a model.json. Received: ${nameOrFolder}.`,
  );
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
