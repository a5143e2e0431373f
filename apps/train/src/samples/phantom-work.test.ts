import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { configSchema } from '../config-schema.js';
import { createWork, type PhantomWorkOptions } from './phantom-work.js';

let cacheFolder: string;
beforeEach(() => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'lungseg-phantoms-'));
});
afterEach(() => rmSync(cacheFolder, { recursive: true }));

function optionsOf(changes: object = {}): PhantomWorkOptions {
  const { data, preprocessing } = configSchema.parse({
    name: 'a',
    output: 'a',
    epochs: 1,
    stepsPerEpoch: 1,
    data: { phantoms: { count: 1, spacing: [8, 8, 8], coverage: 'chest' } },
    preprocessing: { spacing: [8, 8, 8] },
    ...changes,
  });
  return { data: { phantoms: data.phantoms }, preprocessing };
}

test('a phantom that was kept is the one that was made, in memory that threads share', async () => {
  const expected = await createWork(optionsOf())(1);
  const [made, found] = [
    await createWork({ ...optionsOf(), cacheFolder })(1),
    await createWork({ ...optionsOf(), cacheFolder })(1),
  ];
  expect(readdirSync(cacheFolder)).toHaveLength(1);
  expect(made).toEqual(expected);
  expect(found).toEqual(expected);
  for (const { data } of Object.values(found.sample)) expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('one that was cut off is made anew, and other numbers or preparations are kept beside it', async () => {
  const work = createWork({ ...optionsOf(), cacheFolder });
  const expected = await work(1);
  const [file] = readdirSync(cacheFolder);
  truncateSync(join(cacheFolder, file!), 1000);
  expect(await work(1)).toEqual(expected);
  await work(2);
  await createWork({ ...optionsOf({ preprocessing: { spacing: [8, 8, 10] } }), cacheFolder })(1);
  expect(readdirSync(cacheFolder)).toHaveLength(3);
});
