/**
 * Prints one line that Nx mixes into the hash of `native:provision`.
 *
 * A stable line while the binding is in place, so that the target is a cache hit; a random one while it is not, so that
 * Nx never restores a "done" after node_modules or the cache was wiped. The binding's time is part of it: every
 * relinking makes a new state, or switching between --cpu and --gpu twice would be a hit that does nothing.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isLinked, linkedSlot } from './link.mjs';
import { readChoice } from './memory.mjs';
import { findPackage, packagePlaces } from './paths.mjs';
import { readPrebuilt } from './prebuilt.mjs';
import { readySlot } from './slot.mjs';

export function describeState() {
  const found = findPackage();
  if (found === undefined) return `absent-${randomUUID()}`;
  const prebuilt = readPrebuilt(found.dir);
  const linked = linkedSlot(found.dir);
  const manifest = linked && readySlot(linked.manifest.variant, found.version);
  const isReady =
    prebuilt !== undefined || (linked && manifest && isLinked(found.dir, linked.slot, manifest));
  if (!isReady) return `absent-${randomUUID()}`;
  const { mtimeMs } = fs.statSync(packagePlaces(found.dir).binding);
  const library = prebuilt
    ? `prebuilt ${prebuilt.tensorflow}`
    : `${manifest?.tensorflow} ${manifest?.variant}`;
  return `tensorflow ${library}, asked ${readChoice() ?? 'auto'}, ${process.platform} ${process.arch}, tfjs-node ${found.version}, linked ${mtimeMs}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(describeState());
