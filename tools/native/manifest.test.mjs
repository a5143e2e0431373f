import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { SCHEMA, checkSlot, readManifest, recordFiles, verifySlot, writeWhole } from './manifest.mjs';

/** @param {import('node:test').TestContext} t */
async function makeSlot(t) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'native-slot-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  fs.mkdirSync(path.join(dir, 'lib'));
  fs.writeFileSync(path.join(dir, 'lib', 'a.so.2'), 'abc');
  fs.symlinkSync('a.so.2', path.join(dir, 'lib', 'a.so'));
  const manifest = /** @type {any} */ ({ schema: SCHEMA, files: await recordFiles(dir) });
  writeWhole(path.join(dir, 'manifest.json'), JSON.stringify(manifest));
  return { dir, manifest, file: path.join(dir, 'lib', 'a.so.2') };
}

test('records plain files with their SHA-256, reads them back and finds them in place', async (t) => {
  const { dir, manifest } = await makeSlot(t);
  assert.deepEqual(Object.keys(manifest.files), ['lib/a.so.2']);
  // SHA-256 of "abc", FIPS 180-2.
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(manifest.files['lib/a.so.2'].sha256, abc);
  assert.deepEqual(readManifest(dir), manifest);
  assert.equal(checkSlot(dir, manifest), undefined);
  assert.equal(await verifySlot(dir, manifest), undefined);
});

test('says which file is missing, has another size, or was changed', async (t) => {
  const { dir, manifest, file } = await makeSlot(t);
  fs.writeFileSync(file, 'abcd');
  assert.equal(checkSlot(dir, manifest), 'lib/a.so.2 has 4 bytes, expected 3');
  fs.writeFileSync(file, 'abd');
  fs.utimesSync(file, 1, 1);
  assert.equal(checkSlot(dir, manifest), 'lib/a.so.2 was changed after it was made');
  assert.match((await verifySlot(dir, manifest)) ?? '', /lib\/a\.so\.2 has another SHA-256/);
  fs.rmSync(file);
  assert.equal(checkSlot(dir, manifest), 'lib/a.so.2 is missing');
});

test('a new time alone passes the check by hash', async (t) => {
  const { dir, manifest, file } = await makeSlot(t);
  fs.utimesSync(file, 1, 1);
  assert.equal(await verifySlot(dir, manifest), undefined);
});

test('a manifest that is half-written or of another schema is none', async (t) => {
  const { dir } = await makeSlot(t);
  fs.writeFileSync(path.join(dir, 'manifest.json'), '{"schema":');
  assert.equal(readManifest(dir), undefined);
  fs.writeFileSync(path.join(dir, 'manifest.json'), '{"schema":0}');
  assert.equal(readManifest(dir), undefined);
});
