/** Gets wheels with pip and takes files out of them. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exec, lastLine } from './exec.mjs';

/** Any wheel for this Python would do, as only its C library is used; this one is pinned so that all get the same. */
const PYTHON_VERSION = '3.11';
const PLATFORMS = [
  'manylinux2014_x86_64',
  'manylinux_2_17_x86_64',
  'manylinux_2_27_x86_64',
  'manylinux_2_28_x86_64',
];

const extractor = path.join(path.dirname(fileURLToPath(import.meta.url)), 'extract.py');

/**
 * Downloads one wheel. pip checks it against the hash that its index gives.
 * @param {string} python
 * @param {string} requirement e.g. `tensorflow-cpu==2.20.0`
 * @param {string} dir an empty folder
 * @returns {Promise<string>} the wheel's path
 * @throws {Error} with pip's reason
 */
export async function downloadWheel(python, requirement, dir) {
  fs.mkdirSync(dir, { recursive: true });
  const args = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--no-cache-dir',
  ];
  args.push('--no-deps', '--only-binary=:all:', '--python-version', PYTHON_VERSION, '--implementation', 'cp');
  for (const platform of PLATFORMS) args.push('--platform', platform);
  args.push('--dest', dir, requirement);
  // Where packets are dropped, pip's own five retries take minutes.
  const env = { PIP_RETRIES: '2', ...process.env };
  const { code, stderr, timedOut } = await exec(python, args, { env, timeoutMs: 30 * 60_000 });
  if (code !== 0) {
    const reason = timedOut ? 'no end after 30 minutes' : pipReason(stderr);
    throw new Error(`pip could not download ${requirement}: ${reason}`);
  }
  const wheel = fs.readdirSync(dir).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip downloaded no wheel for ${requirement}`);
  return path.join(dir, wheel);
}

/**
 * Why pip failed, in one line. Without a network its last line says "no matching distribution", which misleads.
 * @param {string} stderr
 */
export function pipReason(stderr) {
  const isOffline =
    /connection broken|NewConnectionError|ConnectTimeout|Temporary failure in name|ProxyError/i;
  return isOffline.test(stderr)
    ? 'no connection to the package index'
    : lastLine(stderr).replace(/^ERROR: /, '');
}

/**
 * Takes files out of a wheel; each is checked against the wheel's RECORD.
 * @param {string} python
 * @param {string} wheel
 * @param {string} target
 * @param {Record<string, string>} prefixes what a file's name begins with, and what that becomes under `target`
 * @returns {Promise<Record<string, string>>} SHA-256 by path relative to `target`
 */
export async function extractWheel(python, wheel, target, prefixes) {
  const pairs = Object.entries(prefixes).map(([from, to]) => `${from}=${to}`);
  const { code, stdout, stderr } = await exec(python, [extractor, wheel, target, ...pairs]);
  if (code !== 0) throw new Error(`could not unpack ${path.basename(wheel)}: ${lastLine(stderr)}`);
  return JSON.parse(stdout);
}

/**
 * The requirements that an extra of a wheel adds, read from its METADATA.
 * @param {string} metadata
 * @param {string} extra e.g. `and-cuda`
 * @returns {string[]} e.g. `nvidia-cudnn-cu12>=9.3.0.75,<10.0`
 */
export function extraRequirements(metadata, extra) {
  return [...metadata.matchAll(/^Requires-Dist:\s*([^;\n]+);(.*)$/gm)]
    .filter(([, , marker = '']) => new RegExp(`extra\\s*==\\s*["']${extra}["']`).test(marker))
    .map(([, requirement = '']) => requirement.replace(/[\s()]/g, ''));
}

/**
 * The name and version in a wheel's file name.
 * @param {string} wheel
 */
export function wheelVersion(wheel) {
  const [name = '', version = ''] = path.basename(wheel).split('-');
  return { name: name.replaceAll('_', '-'), version };
}
