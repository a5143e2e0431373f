/** Builds one variant of the backend into its cache slot: download, unpack, compile, record, publish. */
import fs from 'node:fs';
import path from 'node:path';
import { BINDING_REVISION, compileBinding } from './compile.mjs';
import { unpackCuda } from './cuda.mjs';
import { say, stage } from './log.mjs';
import { SCHEMA, checkSlot, readManifest, recordFiles, verifySlot, writeWhole } from './manifest.mjs';
import { NAPI_VERSION, TENSORFLOW_VERSION, VARIANTS, cacheRoot, slotDir, slotName } from './paths.mjs';
import { downloadWheel, extractWheel, wheelVersion } from './wheel.mjs';

/** Of the wheel's 700 MB: the library, and the headers that the binding includes. */
const WANTED = {
  'tensorflow/libtensorflow_cc.so.2': 'lib/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2': 'lib/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/': 'include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring': 'include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring': 'include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/': 'include/xla/tsl/c/',
};

/** @typedef {import('./manifest.mjs').SlotManifest} SlotManifest */

/**
 * The manifest of a slot that is in place, by sizes and times, and built from this package's source.
 * @param {'cpu' | 'gpu'} variant
 * @param {string} packageVersion
 * @returns {SlotManifest | undefined}
 */
export function readySlot(variant, packageVersion) {
  const dir = slotDir(variant);
  const manifest = readManifest(dir);
  if (manifest === undefined || !hasBinding(manifest, packageVersion)) return undefined;
  return checkSlot(dir, manifest) === undefined ? manifest : undefined;
}

/**
 * Whether the binding was compiled from this version of the package, and from what is added to it now.
 * @param {SlotManifest} manifest
 * @param {string} packageVersion
 */
function hasBinding(manifest, packageVersion) {
  return manifest.tfjsNode === packageVersion && manifest.bindingRevision === BINDING_REVISION;
}

/**
 * Makes a slot ready with as little work as its state asks for. Call it under the lock.
 * @param {'cpu' | 'gpu'} variant
 * @param {{ dir: string, version: string }} packageInfo
 * @param {() => Promise<import('./tools.mjs').Tools>} needTools called only when something must be built
 * @param {{ force: boolean, verify: boolean }} options
 * @returns {Promise<SlotManifest>}
 */
export async function ensureSlot(variant, packageInfo, needTools, options) {
  const dir = slotDir(variant);
  removeLeftovers();
  const manifest = options.force ? undefined : readManifest(dir);
  if (manifest === undefined) return buildSlot(variant, packageInfo, await needTools());
  if (options.verify || checkSlot(dir, manifest) !== undefined) {
    // Times alone also change when a cache is copied: the hashes decide.
    const problem = await stage('checking the SHA-256 of every file', () => verifySlot(dir, manifest));
    if (problem !== undefined) {
      say(`building again: ${problem}`);
      return buildSlot(variant, packageInfo, await needTools());
    }
    const known = Object.fromEntries(
      Object.entries(manifest.files).map(([name, file]) => [name, file.sha256]),
    );
    manifest.files = await recordFiles(dir, known);
    writeManifest(dir, manifest);
  }
  if (!hasBinding(manifest, packageInfo.version))
    return rebuildBinding(dir, manifest, packageInfo, await needTools());
  return manifest;
}

/** What a killed run left: nothing else can be at work while the lock is held. */
function removeLeftovers() {
  for (const name of fs.readdirSync(cacheRoot())) {
    if (/^\.(stage|old)-/.test(name))
      fs.rmSync(path.join(cacheRoot(), name), { recursive: true, force: true });
  }
}

/**
 * @param {'cpu' | 'gpu'} variant
 * @param {{ dir: string, version: string }} packageInfo
 * @param {import('./tools.mjs').Tools} tools
 * @returns {Promise<SlotManifest>}
 */
async function buildSlot(variant, packageInfo, tools) {
  const { wheel: name, megabytes } = VARIANTS[variant];
  const stageDir = path.join(cacheRoot(), `.stage-${slotName(variant)}-${process.pid}`);
  const downloads = path.join(stageDir, 'downloads');
  const removeStage = () => fs.rmSync(stageDir, { recursive: true, force: true, maxRetries: 3 });
  // An interrupt exits at once, past any finally.
  process.on('exit', removeStage);
  say(
    `building the native backend, TensorFlow ${TENSORFLOW_VERSION} ${variant}: once for this user, then kept in the cache`,
  );
  try {
    const wheel = await stage(`downloading ${name} ${TENSORFLOW_VERSION} (${megabytes} MB)`, () =>
      downloadWheel(tools.python, `${name}==${TENSORFLOW_VERSION}`, downloads),
    );
    const { version } = wheelVersion(wheel);
    const known = await stage('unpacking the library, with its checksums', () =>
      extractWheel(tools.python, wheel, stageDir, WANTED),
    );
    const cuda =
      variant === 'gpu' ? await unpackCuda(tools.python, wheel, stageDir) : { packages: {}, known: {} };
    fs.rmSync(downloads, { recursive: true, force: true });
    for (const library of ['libtensorflow_cc', 'libtensorflow_framework']) {
      const link = path.join(stageDir, 'lib', `${library.replace('_cc', '')}.so`);
      fs.symlinkSync(`${library}.so.2`, link);
    }
    await stage('compiling the binding', () => compileBinding(tools, packageInfo.dir, stageDir));
    /** @type {SlotManifest} */
    const manifest = {
      schema: SCHEMA,
      tensorflow: TENSORFLOW_VERSION,
      variant,
      platform: process.platform,
      arch: process.arch,
      napi: NAPI_VERSION,
      tfjsNode: packageInfo.version,
      bindingRevision: BINDING_REVISION,
      node: process.versions.node,
      created: new Date().toISOString(),
      packages: { [name]: version, ...cuda.packages },
      libraryPath: [],
      files: await recordFiles(stageDir, { ...known, ...cuda.known }),
    };
    writeManifest(stageDir, manifest);
    publish(stageDir, slotDir(variant));
    return manifest;
  } finally {
    process.off('exit', removeStage);
    removeStage();
  }
}

/**
 * Compiles the binding of another package version over a library that is in place.
 * @param {string} dir
 * @param {SlotManifest} manifest
 * @param {{ dir: string, version: string }} packageInfo
 * @param {import('./tools.mjs').Tools} tools
 * @returns {Promise<SlotManifest>}
 */
async function rebuildBinding(dir, manifest, packageInfo, tools) {
  await stage(`compiling the binding of version ${packageInfo.version}`, async () => {
    const stageDir = path.join(cacheRoot(), `.stage-binding-${process.pid}`);
    fs.mkdirSync(stageDir);
    try {
      for (const name of ['lib', 'include']) fs.symlinkSync(path.join(dir, name), path.join(stageDir, name));
      await compileBinding(tools, packageInfo.dir, stageDir);
      fs.renameSync(path.join(stageDir, 'tfjs_binding.node'), path.join(dir, 'tfjs_binding.node'));
    } finally {
      fs.rmSync(stageDir, { recursive: true, force: true });
    }
  });
  const { 'tfjs_binding.node': _old, ...rest } = manifest.files;
  const known = Object.fromEntries(Object.entries(rest).map(([name, file]) => [name, file.sha256]));
  const updated = {
    ...manifest,
    tfjsNode: packageInfo.version,
    bindingRevision: BINDING_REVISION,
    node: process.versions.node,
    created: new Date().toISOString(),
    files: await recordFiles(dir, known),
  };
  writeManifest(dir, updated);
  return updated;
}

/**
 * @param {string} dir
 * @param {SlotManifest} manifest
 */
function writeManifest(dir, manifest) {
  writeWhole(path.join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Puts a finished folder in place of an older one. Processes that run on the old files keep them mapped.
 * @param {string} stageDir
 * @param {string} dir
 */
function publish(stageDir, dir) {
  const old = path.join(cacheRoot(), `.old-${path.basename(dir)}-${process.pid}`);
  if (fs.existsSync(dir)) fs.renameSync(dir, old);
  fs.renameSync(stageDir, dir);
  fs.rmSync(old, { recursive: true, force: true });
}
