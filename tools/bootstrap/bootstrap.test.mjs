import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { countLine, newTally, tallyLine } from './count.mjs';
import { isInstalled, needsInstall, nodeProblem, writeStamp } from './install.mjs';
import { stageArgs } from './test.mjs';

/** @param {string[]} lines */
function tallyOf(...lines) {
  const tally = newTally();
  for (const line of lines) countLine(tally, line);
  return tallyLine(tally);
}

test("adds up Jest's summaries, coloured and with the project's name before them", () => {
  const green = '\u001b[1mTests:       \u001b[22m\u001b[1m\u001b[32m12 passed\u001b[39m\u001b[22m, 12 total';
  assert.equal(tallyOf(green), '12 passed, 0 failed');
  const mixed = 'core: Tests:       1 failed, 2 skipped, 3 todo, 4 passed, 10 total';
  assert.equal(tallyOf(mixed, green), '16 passed, 1 failed, 5 skipped');
  assert.equal(
    tallyOf('Test Suites: 3 passed, 3 total', 'Snapshots:   1 passed, 1 total'),
    '0 passed, 0 failed',
  );
});

test("adds up Node's summaries in both of its formats", () => {
  assert.equal(
    tallyOf('# tests 5', '# pass 3', '# fail 1', '# cancelled 1', '# skipped 0'),
    '3 passed, 2 failed',
  );
  assert.equal(
    tallyOf('native: ℹ pass 3', 'native: ℹ fail 0', 'native: ℹ skipped 2'),
    '3 passed, 0 failed, 2 skipped',
  );
  assert.equal(tallyOf('ok 1 - they pass 3 times', 'Tests: see the guide'), '0 passed, 0 failed');
});

test('says which Node is needed', () => {
  assert.equal(nodeProblem('20.0.0'), undefined);
  assert.match(nodeProblem('18.20.1') ?? '', /needs Node\.js 20 or later\. Received: 18\.20\.1/);
});

test('installs when node_modules is missing, or of another lock, and not otherwise', (t) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bootstrap-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const write = (/** @type {string} */ name, /** @type {object} */ packages) =>
    fs.writeFileSync(path.join(dir, name), JSON.stringify({ packages }));
  write('package-lock.json', { '': {}, 'node_modules/a': { version: '1.0.0' } });
  assert.equal(needsInstall(dir), true);
  fs.mkdirSync(path.join(dir, 'node_modules'));
  assert.equal(needsInstall(dir), true);
  writeStamp(dir);
  assert.equal(needsInstall(dir), false);
  write('package-lock.json', { '': {}, 'node_modules/a': { version: '2.0.0' } });
  assert.equal(needsInstall(dir), true);
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '2.0.0' } });
  assert.equal(needsInstall(dir), false, 'an install made by hand counts');
});

test("compares npm's record with the lock, optional packages aside", () => {
  const lock = {
    packages: {
      '': { version: '0' },
      'packages/core': { version: '0.1.0' },
      'node_modules/@x/core': { resolved: 'packages/core', link: true },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    },
  };
  const have = { 'node_modules/@x/core': { link: true }, 'node_modules/a': { version: '1.0.0' } };
  assert.equal(isInstalled(lock, { packages: have }), true);
  assert.equal(isInstalled(lock, { packages: { ...have, 'node_modules/a': { version: '1.0.1' } } }), false);
  assert.equal(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } }), false);
  assert.equal(isInstalled(lock, undefined), false);
});

test("the user's arguments stand instead of the defaults", () => {
  assert.deepEqual(stageArgs('test', []), [
    'run-many',
    '-t',
    'test',
    '--parallel=2',
    '--output-style=stream',
  ]);
  const extra = ['--parallel=1', '-p', 'core'];
  assert.deepEqual(stageArgs('test', extra), ['run-many', '-t', 'test', '--output-style=stream', ...extra]);
});
