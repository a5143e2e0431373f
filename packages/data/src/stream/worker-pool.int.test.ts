import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { WorkerPool } from './worker-pool.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-pool-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a job that waits is done when the one that is under way is unsubscribed', async () => {
  const module = join(folder, 'work.mjs');
  await writeFile(
    module,
    `export const createWork = () => (timeMs) => new Promise((done) => setTimeout(done, timeMs, timeMs));`,
  );
  const pool = new WorkerPool<number>(pathToFileURL(module), null, 1);
  try {
    const running = pool.run(600_000, 0).subscribe();
    const waiting = firstValueFrom(pool.run(1, 1));
    running.unsubscribe();
    const timeout = new Promise((_, fail) => setTimeout(fail, 20_000, new Error('it hangs')).unref());
    expect(await Promise.race([waiting, timeout])).toBe(1);
  } finally {
    pool.close();
  }
});
