/** Finds the tools that the build from source needs, and says what is missing. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { exec } from './exec.mjs';
import { workspaceRoot } from './paths.mjs';

/**
 * @typedef {object} Tools
 * @property {string} python
 * @property {string} compiler
 * @property {string} make
 * @property {string} nodeGyp path of node-gyp.js
 * @property {string | undefined} nodeDir an installation with include/node; undefined: node-gyp downloads the headers
 */

/** What each missing thing is called, and how it is had. Keyed by the names in `missing`. */
const REMEDIES = {
  platform: 'native backend: no library for {detail}; it is published for linux x64 with glibc',
  python: 'native backend: missing python3; install it, e.g. apt-get install python3 python3-pip',
  pip: 'native backend: missing pip for python3; install it, e.g. apt-get install python3-pip',
  compiler: 'native backend: missing a C++ compiler; install it, e.g. apt-get install g++',
  make: 'native backend: missing make; install it, e.g. apt-get install make',
  nodeGyp:
    'native backend: missing node-gyp, which npm brings; install npm, or npm install --global node-gyp',
};

const PREFIX = /^native backend: /;

/**
 * The lines on missing tools as one short reason.
 * @param {string[]} lines
 */
export function missingReason(lines) {
  return lines.map((line) => line.replace(PREFIX, '').replace(/;.*$/, '')).join(', ');
}

/**
 * @param {keyof typeof REMEDIES} name
 * @param {string} [detail]
 */
export function missingLine(name, detail = '') {
  return REMEDIES[name].replace('{detail}', detail);
}

/** The platform as words, when the published library doesn't run on it. */
export function unsupportedPlatform(
  platform = process.platform,
  arch = process.arch,
  isGlibc = process.platform !== 'linux' || hasGlibc(),
) {
  if (platform !== 'linux' || arch !== 'x64') return `${platform} ${arch}`;
  return isGlibc ? undefined : 'linux x64 with another C library (musl)';
}

function hasGlibc() {
  const report = /** @type {any} */ (process.report?.getReport());
  return report?.header?.glibcVersionRuntime !== undefined;
}

/**
 * Every executable of that name on the PATH, with links followed.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
function onPath(name, env) {
  return (env.PATH ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map((dir) => path.join(dir, name))
    .filter((file) => fs.existsSync(file))
    .map((file) => fs.realpathSync(file));
}

/**
 * The node-gyp that npm carries, looked for beside the running npm first.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findNodeGyp(env = process.env) {
  const npmRoots = [env.npm_execpath, ...onPath('npm', env)]
    .filter((file) => file !== undefined && /npm/.test(file))
    .map((file) => path.resolve(path.dirname(/** @type {string} */ (file)), '..'));
  const prefix = path.resolve(path.dirname(fs.realpathSync(process.execPath)), '..');
  const candidates = [
    env.npm_config_node_gyp,
    ...npmRoots.map((root) => path.join(root, 'node_modules/node-gyp/bin/node-gyp.js')),
    path.join(prefix, 'lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'),
    ...onPath('node-gyp', env),
  ];
  const found = candidates.find((file) => file !== undefined && fs.existsSync(file));
  if (found !== undefined) return found;
  try {
    return createRequire(path.join(workspaceRoot, 'package.json')).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

/**
 * The installation whose include/node has the running Node's headers, so that nothing need be downloaded.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findNodeDir(env = process.env) {
  const major = process.versions.node.split('.')[0];
  const candidates = [
    env.npm_config_nodedir,
    path.resolve(path.dirname(fs.realpathSync(process.execPath)), '..'),
    '/usr',
    '/usr/local',
  ];
  return candidates.find((dir) => {
    if (dir === undefined) return false;
    try {
      const text = fs.readFileSync(path.join(dir, 'include/node/node_version.h'), 'utf8');
      return new RegExp(`NODE_MAJOR_VERSION ${major}\\b`).test(text);
    } catch {
      return false;
    }
  });
}

/**
 * The first command that answers to `args`.
 * @param {(string | undefined)[]} commands
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function firstThatRuns(commands, args, env) {
  for (const command of commands) {
    if (!command) continue;
    if ((await exec(command, args, { env, timeoutMs: 20_000 })).code === 0) return command;
  }
  return undefined;
}

/**
 * Looks for everything the build needs.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ tools: Tools, missing: [] } | { tools: undefined, missing: string[] }>} `missing` holds one line
 *   for each missing tool, saying what to install
 */
export async function findTools(env = process.env) {
  const platform = unsupportedPlatform();
  if (platform !== undefined) return { tools: undefined, missing: [missingLine('platform', platform)] };
  const [python, compiler, make] = await Promise.all([
    firstThatRuns(
      [env.PYTHON, 'python3', 'python'],
      ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'],
      env,
    ),
    firstThatRuns([env.CXX, 'g++', 'c++', 'clang++'], ['--version'], env),
    firstThatRuns([env.MAKE, 'make', 'gmake'], ['--version'], env),
  ]);
  const pip = python && (await firstThatRuns([python], ['-m', 'pip', '--version'], env));
  const nodeGyp = findNodeGyp(env);
  /** @type {string[]} */
  const missing = [];
  if (!python) missing.push(missingLine('python'));
  else if (!pip) missing.push(missingLine('pip'));
  if (!compiler) missing.push(missingLine('compiler'));
  if (!make) missing.push(missingLine('make'));
  if (!nodeGyp) missing.push(missingLine('nodeGyp'));
  if (!python || !compiler || !make || !nodeGyp || missing.length > 0) return { tools: undefined, missing };
  return { tools: { python, compiler, make, nodeGyp, nodeDir: findNodeDir(env) }, missing: [] };
}

/** Whether an NVIDIA driver is at hand. */
export async function hasNvidiaDriver(env = process.env) {
  if (process.platform !== 'linux') return false;
  if (fs.existsSync('/proc/driver/nvidia/version')) return true;
  if (onPath('nvidia-smi', env).length === 0) return false;
  return (await exec('nvidia-smi', ['-L'], { env, timeoutMs: 10_000 })).code === 0;
}
