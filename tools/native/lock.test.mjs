import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { isStale, processStart, withLock } from './lock.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'native-lock-'));
test.after(() => fs.rmSync(dir, { recursive: true, force: true }));

/** @param {string} name @param {object} owner */
function lockOf(name, owner) {
  const file = path.join(dir, name);
  fs.writeFileSync(file, JSON.stringify({ host: os.hostname(), ...owner }));
  return file;
}

test('a released lock leaves nothing, also after a throw', async () => {
  const file = path.join(dir, 'plain');
  assert.equal(await withLock(file, () => fs.existsSync(file) && 7), 7);
  await assert.rejects(
    withLock(file, () => {
      throw new Error('inside');
    }),
    /inside/,
  );
  assert.deepEqual(fs.readdirSync(dir), []);
});

test('the lock of a dead process is broken', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const file = lockOf('dead', { pid });
  assert.equal(isStale(file), true);
  assert.equal(await withLock(file, () => 'in'), 'in');
});

test(
  "a pid that a later process took over is not the lock's owner",
  { skip: !processStart(process.pid) },
  () => {
    assert.equal(isStale(lockOf('reused', { pid: process.pid, start: '1' })), true);
    assert.equal(isStale(lockOf('own', { pid: process.pid, start: processStart(process.pid) })), false);
  },
);

test('the lock of another host counts until it stops beating', () => {
  const file = lockOf('remote', { pid: 1, host: 'elsewhere' });
  assert.equal(isStale(file), false);
  const past = new Date(Date.now() - 120_000);
  fs.utimesSync(file, past, past);
  assert.equal(isStale(file), true);
});

test('processes that race each get in, one at a time, past a stale lock', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const file = lockOf('race', { pid });
  const trace = path.join(dir, 'trace');
  const script = `
    import fs from 'node:fs';
    import { withLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)};
    await withLock(${JSON.stringify(file)}, async () => {
      fs.appendFileSync(${JSON.stringify(trace)}, 'in ');
      await new Promise((resolve) => setTimeout(resolve, 30));
      fs.appendFileSync(${JSON.stringify(trace)}, 'out ');
    }, { pollMs: 5 });`;
  const runs = Array.from(
    { length: 5 },
    () =>
      new Promise((resolve) => {
        spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }).on(
          'close',
          resolve,
        );
      }),
  );
  assert.deepEqual(await Promise.all(runs), [0, 0, 0, 0, 0]);
  assert.equal(fs.readFileSync(trace, 'utf8'), 'in out '.repeat(5));
});
