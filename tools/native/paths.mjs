/** Where the native backend's parts lie, and which versions they are. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** TensorFlow release whose library the binding is built over. */
export const TENSORFLOW_VERSION = '2.20.0';

/** Node-API level of the binding: the highest that the package lists, so one build serves every Node from 20. */
export const NAPI_VERSION = 8;

/** The npm package that carries the binding's source. */
export const PACKAGE_NAME = '@tensorflow/tfjs-node-gpu';

/**
 * The wheel of each variant, and its download in MB for the progress lines.
 * @type {Record<'cpu' | 'gpu', { wheel: string, megabytes: number }>}
 */
export const VARIANTS = {
  cpu: { wheel: 'tensorflow-cpu', megabytes: 260 },
  gpu: { wheel: 'tensorflow', megabytes: 620 },
};

const here = path.dirname(fileURLToPath(import.meta.url));

/** The workspace's root. */
export const workspaceRoot = path.resolve(here, '../..');

/** The small manifest that Nx caches and the backend package reads. */
export const workspaceManifest = path.join(here, 'dist', 'native.json');

/**
 * The user's cache directory for native results, outside every checkout.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheRoot(env = process.env) {
  const base =
    env.LUNGSEG_CACHE_DIR || path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'lungseg');
  return path.join(path.resolve(base), 'native');
}

/** @param {'cpu' | 'gpu'} variant */
export function slotName(variant) {
  return `${TENSORFLOW_VERSION}-${variant}-${process.platform}-${process.arch}-napi${NAPI_VERSION}`;
}

/**
 * The directory that holds one built variant.
 * @param {'cpu' | 'gpu'} variant
 * @param {NodeJS.ProcessEnv} [env]
 */
export function slotDir(variant, env = process.env) {
  return path.join(cacheRoot(env), slotName(variant));
}

/**
 * The installed tfjs-node package, or undefined before `npm ci`.
 * @param {string} [root] the directory from which it is looked up
 * @returns {{ dir: string, version: string } | undefined}
 */
export function findPackage(root = workspaceRoot) {
  try {
    const file = createRequire(path.join(root, 'package.json')).resolve(`${PACKAGE_NAME}/package.json`);
    return { dir: path.dirname(file), version: JSON.parse(fs.readFileSync(file, 'utf8')).version };
  } catch {
    return undefined;
  }
}

/**
 * The places inside the package that its own code and its binding's rpath look at.
 * @param {string} packageDir
 */
export function packagePlaces(packageDir) {
  return {
    lib: path.join(packageDir, 'deps', 'lib'),
    binding: path.join(packageDir, 'lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node'),
  };
}
