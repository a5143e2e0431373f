/**
 * Installs the workspace's packages when they are missing or belong to another package-lock.json.
 *
 * Nothing but Node's own modules, and no syntax newer than the message on an old Node needs: this runs first of all.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const MINIMUM_NODE = 20;

/** The workspace's root. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {string} version e.g. `20.1.0`
 * @returns {string | undefined} what to do, or undefined when the version serves
 */
export function nodeProblem(version) {
  const major = Number(version.split('.')[0]);
  if (major >= MINIMUM_NODE) return undefined;
  return `lungseg needs Node.js ${MINIMUM_NODE} or later. Received: ${version}. Install a newer one and try again.`;
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether npm's record of what it installed has every package of the lock at the lock's version. So an install made by
 * hand counts too, and is not wiped by `npm ci`.
 * @param {{ packages?: Record<string, any> } | undefined} lock
 * @param {{ packages?: Record<string, any> } | undefined} installed node_modules/.package-lock.json
 */
export function isInstalled(lock, installed) {
  const have = installed && installed.packages;
  if (!lock || !lock.packages || !have) return false;
  return Object.entries(lock.packages).every(([name, entry]) => {
    if (!name.includes('node_modules/') || entry.optional || entry.devOptional) return true;
    const other = have[name];
    return other !== undefined && (entry.link === true || other.version === entry.version);
  });
}

/**
 * @param {string} [dir] the workspace
 * @returns {boolean} whether `npm ci` has to run
 */
export function needsInstall(dir = root) {
  const modules = path.join(dir, 'node_modules');
  if (!fs.existsSync(modules)) return true;
  if (readStamp(dir) === lockHash(dir)) return false;
  const lock = readJson(path.join(dir, 'package-lock.json'));
  return !isInstalled(lock, readJson(path.join(modules, '.package-lock.json')));
}

/** @param {string} dir */
function stampFile(dir) {
  return path.join(dir, 'node_modules', '.lungseg-install');
}

/** @param {string} dir */
function readStamp(dir) {
  try {
    return fs.readFileSync(stampFile(dir), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** @param {string} dir */
function lockHash(dir) {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(dir, 'package-lock.json')))
    .digest('hex');
}

/** @param {string} dir */
export function writeStamp(dir) {
  if (readStamp(dir) !== lockHash(dir)) fs.writeFileSync(stampFile(dir), `${lockHash(dir)}\n`);
}

/** Checks Node, and runs `npm ci` where needed. Ends the process with a clear line when either fails. */
export function install() {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    console.error(problem);
    process.exit(1);
  }
  if (needsInstall()) {
    console.log('installing packages: npm ci');
    // Under `npm run`, the npm that runs; npm_execpath is a script, or another manager's that can't read this lock.
    const npm = process.env.npm_execpath;
    const result =
      npm !== undefined && /npm-cli\.c?js$/.test(npm)
        ? spawnSync(process.execPath, [npm, 'ci'], { cwd: root, stdio: 'inherit' })
        : spawnSync('npm', ['ci'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
    if (result.status !== 0) {
      console.error(
        `npm ci failed${result.error ? `: ${result.error.message}` : ''}; its reason stands above.`,
      );
      process.exit(1);
    }
  }
  writeStamp(root);
}
