/**
 * Makes the native TensorFlow backend loadable: builds it once into a user's cache, links it into node_modules, and
 * writes the small manifest that tells the other packages which backend there is.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { HELP, parseArgs } from './args.mjs';
import { isLinked, linkPackage } from './link.mjs';
import { withLock } from './lock.mjs';
import { say, stage } from './log.mjs';
import { writeWhole } from './manifest.mjs';
import { forgetFailure, readChoice, recentFailure, rememberFailure, writeChoice } from './memory.mjs';
import { NAPI_VERSION, PACKAGE_NAME, cacheRoot, findPackage, slotDir, workspaceManifest } from './paths.mjs';
import { installPrebuilt, readPrebuilt, removePrebuilt } from './prebuilt.mjs';
import { ensureSlot, readySlot } from './slot.mjs';
import { findTools, hasNvidiaDriver, missingReason } from './tools.mjs';

/**
 * @typedef {{ dir: string, version: string }} PackageInfo
 * @typedef {import('./manifest.mjs').SlotManifest} SlotManifest
 * @typedef {import('./args.mjs').Options} Options
 * @typedef {{ backend: 'cpu' | 'gpu' | 'wasm', isKept?: boolean }} Outcome isKept: --force failed, the earlier build stays
 */

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {object} manifest */
function writeWorkspaceManifest(manifest) {
  const text = `${JSON.stringify({ schema: 1, ...manifest }, null, 2)}\n`;
  const old = fs.existsSync(workspaceManifest) ? fs.readFileSync(workspaceManifest, 'utf8') : undefined;
  if (old !== text) writeWhole(workspaceManifest, text);
}

/** @param {SlotManifest} manifest */
function reportReady(manifest) {
  const { tensorflow, variant, platform, arch, tfjsNode, libraryPath } = manifest;
  writeWorkspaceManifest({
    backend: 'tensorflow',
    source: 'wheel',
    tensorflow,
    variant,
    platform,
    arch,
    napi: NAPI_VERSION,
    tfjsNode,
    libraryPath,
    bindingSha256: manifest.files['tfjs_binding.node']?.sha256,
  });
  say(`native backend ready: TensorFlow ${tensorflow} ${variant}`);
}

/**
 * @param {{ tensorflow: string, variant: 'cpu' | 'gpu' }} prebuilt
 * @param {PackageInfo} found
 */
function reportPrebuilt(prebuilt, found) {
  const { platform, arch } = process;
  const shared = {
    backend: 'tensorflow',
    source: 'prebuilt',
    ...prebuilt,
    platform,
    arch,
    napi: NAPI_VERSION,
  };
  writeWorkspaceManifest({ ...shared, tfjsNode: found.version, libraryPath: [] });
  say(`native backend ready: TensorFlow ${prebuilt.tensorflow} ${prebuilt.variant}, the prebuilt download`);
}

/** @param {string} reason */
function reportWasm(reason) {
  writeWorkspaceManifest({ backend: 'wasm', reason });
  say(`native backend: not available (${reason}); lungseg will run on the wasm backend, which is slower`);
}

/**
 * The variants to try, the best first.
 * @param {Options} options
 * @returns {Promise<('cpu' | 'gpu')[]>}
 */
async function candidates(options) {
  const asked = options.variant === 'auto' ? undefined : (options.variant ?? readChoice());
  const best = asked ?? ((await hasNvidiaDriver()) ? 'gpu' : 'cpu');
  return best === 'gpu' ? ['gpu', 'cpu'] : ['cpu'];
}

/**
 * One variant, built where needed and linked. Call it under the lock.
 * @param {'cpu' | 'gpu'} variant
 * @param {PackageInfo} found
 * @param {Options} options
 * @param {Awaited<ReturnType<typeof findTools>>} tools
 */
async function provisionVariant(variant, found, options, tools) {
  const needTools = async () => {
    if (tools.tools === undefined) throw new Error(missingReason(tools.missing));
    return tools.tools;
  };
  const manifest = await ensureSlot(variant, found, needTools, options);
  if (!isLinked(found.dir, slotDir(variant), manifest)) {
    await stage(`linking TensorFlow ${manifest.tensorflow} ${variant}`, () => {
      removePrebuilt(found.dir);
      linkPackage(found.dir, slotDir(variant));
    });
  }
  return manifest;
}

/**
 * Tries each variant, then the prebuilt download.
 * @param {('cpu' | 'gpu')[]} variants
 * @param {PackageInfo} found
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
async function provisionLocked(variants, found, options) {
  const isEager = options.retry || options.force || options.variant !== undefined;
  const tools = await findTools();
  let reason = 'unknown';
  let isRecent = false;
  for (const variant of variants) {
    const recent = isEager ? undefined : recentFailure(variant, tools.missing);
    // A slot in place needs no tools, so a failure remembered doesn't count against it.
    if (recent !== undefined && readySlot(variant, found.version) === undefined) {
      [reason, isRecent] = [recent, true];
      continue;
    }
    try {
      const manifest = await provisionVariant(variant, found, options, tools);
      forgetFailure(variant);
      reportReady(manifest);
      return { backend: variant };
    } catch (error) {
      [reason, isRecent] = [reasonOf(error), false];
      const isToolMissing = reason === missingReason(tools.missing);
      if (isToolMissing) tools.missing.forEach(say);
      else say(`native backend: ${variant} library not built: ${reason}`);
      if (options.force && readySlot(variant, found.version) !== undefined) {
        say('native backend: keeping the earlier build');
        reportReady(await provisionVariant(variant, found, { ...options, force: false }, tools));
        return { backend: variant, isKept: true };
      }
      rememberFailure(variant, tools.missing, reason);
    }
  }
  const variant = variants[0] ?? 'cpu';
  let prebuilt = options.force ? undefined : readPrebuilt(found.dir);
  if (prebuilt === undefined && !isRecent) {
    try {
      prebuilt = await stage("trying the package's prebuilt download", () =>
        installPrebuilt(found.dir, variant),
      );
    } catch (error) {
      say(`native backend: no prebuilt download: ${reasonOf(error)}`);
    }
  }
  if (prebuilt !== undefined) {
    reportPrebuilt(prebuilt, found);
    return { backend: prebuilt.variant };
  }
  reportWasm(reason);
  return { backend: 'wasm' };
}

/**
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
async function provision(options) {
  const found = findPackage();
  if (found === undefined) {
    reportWasm(`${PACKAGE_NAME} is not installed; run npm ci`);
    return { backend: 'wasm' };
  }
  const variants = await candidates(options);
  const best = variants[0] ?? 'cpu';
  const ready = options.force || options.verify ? undefined : readySlot(best, found.version);
  if (ready !== undefined && isLinked(found.dir, slotDir(best), ready)) {
    reportReady(ready);
    return { backend: best };
  }
  const onWait = (/** @type {string} */ pid) => say(`waiting for another provision (process ${pid})`);
  return withLock(path.join(cacheRoot(), 'lock'), () => provisionLocked(variants, found, options), {
    onWait,
  });
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>} the exit code
 */
export async function main(argv) {
  /** @type {Options} */
  let options;
  try {
    options = parseArgs(argv);
  } catch (error) {
    process.stderr.write(`native:provision: ${reasonOf(error)}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  /** @type {Outcome} */
  let outcome;
  try {
    outcome = await provision(options);
    if (options.variant === 'auto') writeChoice(undefined);
    else if (options.variant !== undefined && outcome.backend === options.variant)
      writeChoice(options.variant);
  } catch (error) {
    // E.g. a cache directory that can't be written.
    reportWasm(reasonOf(error));
    outcome = { backend: 'wasm' };
  }
  // Not what was asked for: a failure, or Nx would keep it as done.
  if (outcome.isKept || (options.variant === 'gpu' && outcome.backend !== 'gpu')) return 1;
  if (outcome.backend === 'wasm') return options.strict ? 1 : 0;
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
