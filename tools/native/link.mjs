/** Puts a slot where the installed package looks for its binding and library, and tells whether it is there. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readManifest, writeWhole } from './manifest.mjs';
import { packagePlaces, slotDir } from './paths.mjs';

/** @param {string} link */
function readLink(link) {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}

/**
 * Whether the package is linked to a slot. The binding, a small file, is compared by its hash.
 * @param {string} packageDir
 * @param {string} slot
 * @param {import('./manifest.mjs').SlotManifest} manifest
 */
export function isLinked(packageDir, slot, manifest) {
  const places = packagePlaces(packageDir);
  if (readLink(places.lib) !== path.join(slot, 'lib')) return false;
  if (!fs.existsSync(places.lib) || !fs.existsSync(places.binding)) return false;
  const hash = createHash('sha256').update(fs.readFileSync(places.binding)).digest('hex');
  return hash === manifest.files['tfjs_binding.node']?.sha256;
}

/**
 * The variant whose slot the package's library is linked to, and that slot's manifest.
 * @param {string} packageDir
 */
export function linkedSlot(packageDir) {
  const target = readLink(packagePlaces(packageDir).lib);
  if (target === undefined) return undefined;
  const manifest = readManifest(path.dirname(target));
  if (manifest === undefined || slotDir(manifest.variant) !== path.dirname(target)) return undefined;
  return { slot: path.dirname(target), manifest };
}

/**
 * Links the library's folder and copies the binding. The binding is a copy because Node resolves links before it loads,
 * and the binding's rpath, `$ORIGIN/../../deps/lib`, must start inside the package.
 * @param {string} packageDir
 * @param {string} slot
 */
export function linkPackage(packageDir, slot) {
  const places = packagePlaces(packageDir);
  fs.mkdirSync(path.dirname(places.lib), { recursive: true });
  const found = fs.lstatSync(places.lib, { throwIfNoEntry: false });
  if (found?.isDirectory()) fs.rmSync(places.lib, { recursive: true, force: true });
  const aside = `${places.lib}.${randomUUID()}`;
  fs.symlinkSync(path.join(slot, 'lib'), aside);
  fs.renameSync(aside, places.lib);
  writeWhole(places.binding, fs.readFileSync(path.join(slot, 'tfjs_binding.node')));
}
