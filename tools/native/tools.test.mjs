import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { lastLine } from './exec.mjs';
import { findNodeGyp, findTools, missingReason, unsupportedPlatform } from './tools.mjs';
import { extraRequirements, pipReason, wheelVersion } from './wheel.mjs';

test(
  'names every missing tool and what to install',
  { skip: unsupportedPlatform() !== undefined },
  async (t) => {
    const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'native-path-'));
    t.after(() => fs.rmSync(empty, { recursive: true, force: true }));
    const { tools, missing } = await findTools({ PATH: empty });
    assert.equal(tools, undefined);
    assert.match(missing[0] ?? '', /missing python3; .*apt-get install python3/);
    assert.match(missing[1] ?? '', /missing a C\+\+ compiler; .*apt-get install g\+\+/);
    assert.match(missing[2] ?? '', /missing make; .*apt-get install make/);
    assert.match(missingReason(missing), /^missing python3, missing a C\+\+ compiler, missing make/);
  },
);

test('knows where the published library runs', () => {
  assert.equal(unsupportedPlatform('linux', 'x64', true), undefined);
  assert.equal(unsupportedPlatform('linux', 'x64', false), 'linux x64 with another C library (musl)');
  assert.equal(unsupportedPlatform('darwin', 'arm64'), 'darwin arm64');
});

test("finds node-gyp beside npm's entry point", (t) => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'native-npm-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const gyp = path.join(root, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  fs.mkdirSync(path.dirname(gyp), { recursive: true });
  fs.writeFileSync(gyp, '');
  assert.equal(findNodeGyp({ npm_execpath: path.join(root, 'npm/bin/npm-cli.js') }), gyp);
});

test("reads an extra's requirements from a wheel's METADATA", () => {
  const metadata = [
    'Requires-Dist: numpy>=1.26.0',
    'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
    "Requires-Dist: nvidia-nccl-cu12 (<3.0,>=2.25.1) ; extra == 'and-cuda'",
    'Requires-Dist: other; extra == "and-cuda-not"',
  ].join('\n');
  assert.deepEqual(extraRequirements(metadata, 'and-cuda'), [
    'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
    'nvidia-nccl-cu12<3.0,>=2.25.1',
  ]);
});

test("reads a wheel's name and version from its file name", () => {
  assert.deepEqual(wheelVersion('/x/tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_17_x86_64.whl'), {
    name: 'tensorflow-cpu',
    version: '2.20.0',
  });
});

test('a failure is told by its telling line', () => {
  assert.equal(
    lastLine('Error: no such host\n    at emitErrorNT (node:internal)\n\nNode.js v22\n'),
    'Error: no such host',
  );
  assert.equal(lastLine('a.cc:1:2: error: expected ;\nmake: stopped\n'), 'a.cc:1:2: error: expected ;');
  assert.equal(lastLine(''), 'no output');
  const offline =
    "WARNING: Retrying after connection broken by 'X'\nERROR: No matching distribution found for y";
  assert.equal(pipReason(offline), 'no connection to the package index');
  assert.equal(
    pipReason('ERROR: No matching distribution found for y'),
    'No matching distribution found for y',
  );
});
