/** The record of what was made in a cache slot, and the check against it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

export const SCHEMA = 1;

/**
 * @typedef {{ size: number, mtimeMs: number, sha256: string }} FileRecord
 * @typedef {object} SlotManifest
 * @property {number} schema
 * @property {string} tensorflow
 * @property {'cpu' | 'gpu'} variant
 * @property {string} platform
 * @property {string} arch
 * @property {number} napi
 * @property {string} tfjsNode version of the package whose source was compiled
 * @property {number} [bindingRevision] of what is added to its source; none before there was such a thing
 * @property {string} node version that compiled it
 * @property {string} created ISO date
 * @property {Record<string, string>} packages every wheel unpacked, with its version
 * @property {string[]} libraryPath directories, relative to the slot, to put before LD_LIBRARY_PATH; empty when the
 *   library finds all by itself
 * @property {Record<string, FileRecord>} files by path relative to the slot
 */

/** @param {string} file */
export async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Every plain file under a folder, sorted, relative to it; symbolic links are not files here.
 * @param {string} dir
 * @returns {string[]}
 */
export function listFiles(dir) {
  return fs
    .readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/**
 * Records files of a slot.
 * @param {string} dir
 * @param {Record<string, string>} [known] SHA-256 already computed, by relative path
 * @returns {Promise<Record<string, FileRecord>>}
 */
export async function recordFiles(dir, known = {}) {
  /** @type {Record<string, FileRecord>} */
  const records = {};
  for (const name of listFiles(dir)) {
    if (name === 'manifest.json') continue;
    const file = path.join(dir, name);
    const { size, mtimeMs } = fs.statSync(file);
    records[name] = { size, mtimeMs, sha256: known[name] ?? (await sha256(file)) };
  }
  return records;
}

/**
 * @param {string} dir
 * @returns {SlotManifest | undefined} undefined when there is none that can be read
 */
export function readManifest(dir) {
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8'));
    return manifest.schema === SCHEMA ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Compares a slot with its manifest by size and time of change: fast enough for every start.
 * @param {string} dir
 * @param {SlotManifest} manifest
 * @returns {string | undefined} what is wrong, or undefined
 */
export function checkSlot(dir, manifest) {
  for (const [name, record] of Object.entries(manifest.files)) {
    const stat = fs.statSync(path.join(dir, name), { throwIfNoEntry: false });
    if (!stat) return `${name} is missing`;
    if (stat.size !== record.size) return `${name} has ${stat.size} bytes, expected ${record.size}`;
    if (stat.mtimeMs !== record.mtimeMs) return `${name} was changed after it was made`;
  }
  return undefined;
}

/**
 * Compares every file's SHA-256 with the manifest.
 * @param {string} dir
 * @param {SlotManifest} manifest
 * @returns {Promise<string | undefined>} what is wrong, or undefined
 */
export async function verifySlot(dir, manifest) {
  for (const [name, record] of Object.entries(manifest.files)) {
    const file = path.join(dir, name);
    if (!fs.existsSync(file)) return `${name} is missing`;
    if ((await sha256(file)) !== record.sha256) return `${name} has another SHA-256 than when it was made`;
  }
  return undefined;
}

/**
 * Writes aside, then renames, so that a reader never sees half.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
export function writeWhole(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(aside, content);
  fs.renameSync(aside, file);
}
