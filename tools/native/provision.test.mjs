/** The whole tool in a workspace made up for the test: its library and binding are small files, and PATH is empty. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { BINDING_REVISION } from './compile.mjs';
import { SCHEMA, recordFiles } from './manifest.mjs';
import { TENSORFLOW_VERSION, slotDir } from './paths.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** @param {import('node:test').TestContext} t */
function makeWorkspace(t) {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'native-ws-')));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const tool = path.join(root, 'tools/native');
  fs.mkdirSync(tool, { recursive: true });
  for (const name of fs.readdirSync(here)) {
    if (/\.(mjs|py)$/.test(name)) fs.copyFileSync(path.join(here, name), path.join(tool, name));
  }
  const packageDir = path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
  fs.mkdirSync(path.join(packageDir, 'scripts'), { recursive: true });
  fs.writeFileSync(
    path.join(packageDir, 'package.json'),
    '{"name":"@tensorflow/tfjs-node-gpu","version":"9.9.9"}',
  );
  fs.writeFileSync(
    path.join(packageDir, 'scripts/install.js'),
    'console.error("Error: no store"); process.exit(1)',
  );
  const env = { PATH: path.join(root, 'no-tools'), LUNGSEG_CACHE_DIR: path.join(root, 'cache') };
  /** @param {string} script @param {string[]} args */
  const run = (script, ...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(tool, script), ...args], {
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const manifest = () => JSON.parse(fs.readFileSync(path.join(tool, 'dist/native.json'), 'utf8'));
  return { root, packageDir, env, run, manifest };
}

/** @param {NodeJS.ProcessEnv} env */
async function makeSlot(env) {
  const slot = slotDir('cpu', env);
  fs.mkdirSync(path.join(slot, 'lib'), { recursive: true });
  fs.writeFileSync(path.join(slot, 'lib/libtensorflow_cc.so.2'), 'library');
  fs.writeFileSync(path.join(slot, 'tfjs_binding.node'), 'binding');
  const record = {
    schema: SCHEMA,
    tensorflow: TENSORFLOW_VERSION,
    variant: 'cpu',
    tfjsNode: '9.9.9',
    bindingRevision: BINDING_REVISION,
    libraryPath: [],
    files: await recordFiles(slot),
  };
  fs.writeFileSync(path.join(slot, 'manifest.json'), JSON.stringify(record));
  return slot;
}

test('links a slot that is in the cache, again after node_modules was wiped, without any tool', async (t) => {
  const { packageDir, env, run, manifest } = makeWorkspace(t);
  const slot = await makeSlot(env);
  const absent = run('state.mjs').stdout;
  assert.match(absent, /^absent-/);
  assert.notEqual(run('state.mjs').stdout, absent);

  const first = run('provision.mjs', '--cpu');
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, new RegExp(`native backend ready: TensorFlow ${TENSORFLOW_VERSION} cpu`));
  assert.equal(fs.realpathSync(path.join(packageDir, 'deps/lib')), path.join(slot, 'lib'));
  assert.equal(fs.readFileSync(path.join(packageDir, 'lib/napi-v8/tfjs_binding.node'), 'utf8'), 'binding');
  assert.equal(manifest().backend, 'tensorflow');

  const present = run('state.mjs').stdout;
  assert.match(present, /^tensorflow /);
  assert.equal(run('state.mjs').stdout, present);
  assert.equal(run('provision.mjs').stdout, `native backend ready: TensorFlow ${TENSORFLOW_VERSION} cpu\n`);

  fs.rmSync(path.join(packageDir, 'deps'), { recursive: true });
  fs.rmSync(path.join(packageDir, 'lib'), { recursive: true });
  assert.match(run('state.mjs').stdout, /^absent-/);
  assert.match(run('provision.mjs').stdout, /^linking .*\nnative backend ready/);
  assert.match(run('state.mjs').stdout, /^tensorflow /);
});

test('a damaged library is not taken for a whole one', async (t) => {
  const { env, run, manifest } = makeWorkspace(t);
  const slot = await makeSlot(env);
  run('provision.mjs', '--cpu');
  fs.writeFileSync(path.join(slot, 'lib/libtensorflow_cc.so.2'), 'broken');
  assert.match(run('state.mjs').stdout, /^absent-/);
  // Without tools it can't be built again.
  const { stdout } = run('provision.mjs');
  assert.match(stdout, /building again: lib\/libtensorflow_cc\.so\.2 has another SHA-256/);
  assert.equal(manifest().backend, 'wasm');
});

test('falls back to wasm in one line, and to exit 1 with --strict', (t) => {
  const { run, manifest, packageDir } = makeWorkspace(t);
  const first = run('provision.mjs');
  assert.equal(first.status, 0);
  assert.match(first.stdout, /^native backend: (missing|no library for)/m);
  assert.match(first.stdout, /no prebuilt download: Error: no store/);
  assert.match(
    first.stdout,
    /^native backend: not available \(.*\); lungseg will run on the wasm backend, which is slower$/m,
  );
  assert.equal(manifest().backend, 'wasm');
  assert.equal(fs.existsSync(path.join(packageDir, 'deps')), false);

  const again = run('provision.mjs', '--strict');
  assert.equal(again.status, 1);
  assert.equal(again.stdout.trim().split('\n').length, 1, 'a failure just seen is not tried again');
});

test('answers --help, and exits 2 on an unknown flag', (t) => {
  const { run } = makeWorkspace(t);
  assert.match(run('provision.mjs', '--help').stdout, /^Usage: nx run native:provision/);
  const bad = run('provision.mjs', '--what');
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /Received: --what/);
});

test('extract.py refuses a file that differs from the RECORD', (t) => {
  const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : undefined;
  if (python === undefined) return t.skip('no python3');
  const { root } = makeWorkspace(t);
  const wheel = path.join(root, 'x-1-py3-none-any.whl');
  const make = [
    'import sys, zipfile, hashlib, base64',
    'z = zipfile.ZipFile(sys.argv[1], "w")',
    'z.writestr("a/good.txt", "good"); z.writestr("a/bad.txt", "bad")',
    'h = base64.urlsafe_b64encode(hashlib.sha256(b"good").digest()).rstrip(b"=").decode()',
    'z.writestr("x-1.dist-info/RECORD", f"a/good.txt,sha256={h},4\\na/bad.txt,sha256={h},3\\n")',
    'z.close()',
  ].join('\n');
  execFileSync(python, ['-c', make, wheel]);
  const extract = (/** @type {string} */ pair) =>
    spawnSync(python, [path.join(here, 'extract.py'), wheel, path.join(root, 'out'), pair], {
      encoding: 'utf8',
    });
  const good = extract('a/good=b/good');
  assert.equal(good.status, 0, good.stderr);
  assert.deepEqual(Object.keys(JSON.parse(good.stdout)), ['b/good.txt']);
  const bad = extract('a/=b/');
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, /a\/bad\.txt: expected sha256=/);
});
