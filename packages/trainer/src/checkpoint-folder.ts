import { copyFile, link, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadError } from '@lungseg/core';
import { loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.js';

/** The newest checkpoint of a folder. */
export const LAST = 'last.safetensors';
/** The checkpoint with the best validation Dice. */
export const BEST = 'best.safetensors';

const KEPT = /^step-(\d+)\.safetensors$/;
const ASIDE = /\.safetensors\.tmp-\d+(-[\da-f-]+)?$/;

/** A checkpoint that was found whole. */
export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly path: string;
  /** Newer ones that can't be used, and why. */
  readonly passedOver: readonly string[];
}

/**
 * Writes a folder's `last.safetensors`, which stays as `step-000123.safetensors` when the next one takes its place. Of
 * those, the newest are kept; what is newer than the last one, or than the one that the run resumed from, is damaged or of a
 * run that was left, and goes once the last one is whole.
 *
 * @param keep how many checkpoints to keep, the last one included
 * @param resumedFrom the step that the run resumed from, for the first checkpoint after that
 * @returns the path of `last.safetensors`
 * @throws WriteError when it can't be written; those before it stay
 */
export async function saveLastCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  keep: number,
  resumedFrom = checkpoint.step,
): Promise<string> {
  const path = join(folder, LAST);
  await saveCheckpoint(path, checkpoint);
  if (keep > 1) {
    const second = join(folder, `step-${String(checkpoint.step).padStart(6, '0')}.safetensors`);
    await rm(second, { force: true });
    // A second name costs no space; where the file system has none, a copy does.
    await link(path, second).catch(() => copyFile(path, second));
  }
  const kept = await keptCheckpoints(folder);
  const own = kept.filter((name) => stepOf(name) <= resumedFrom || stepOf(name) === checkpoint.step);
  const staying = new Set(keep > 1 ? own.slice(0, keep) : []);
  const going = kept.filter((name) => !staying.has(name));
  await Promise.all(going.map((name) => rm(join(folder, name), { force: true })));
  return path;
}

/**
 * The newest whole checkpoint of a folder: `last.safetensors`, else the newest of the kept ones, else the best one.
 * What a killed run left half written is removed.
 *
 * @returns undefined where the folder has no checkpoint at all
 * @throws ReadError when there are checkpoints, but all are damaged; the text says how
 */
export async function loadNewestCheckpoint(folder: string): Promise<FoundCheckpoint | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  const aside = names.filter((name) => ASIDE.test(name));
  await Promise.all(aside.map((name) => rm(join(folder, name), { force: true })));
  const passedOver: string[] = [];
  const seen = new Set<number>();
  for (const name of [LAST, ...(await keptCheckpoints(folder)), BEST]) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    // The last checkpoint and the newest kept one are the same file under two names.
    if (found === undefined || (found.ino !== 0 && seen.has(found.ino))) continue;
    seen.add(found.ino);
    try {
      return { checkpoint: await loadCheckpoint(path), path, passedOver };
    } catch (error) {
      passedOver.push((error as Error).message);
    }
  }
  if (passedOver.length === 0) return undefined;
  throw new ReadError(folder, `No checkpoint in ${folder} can be used. ${passedOver.join(' ')}`);
}

/** Names of the kept checkpoints, the newest first. */
async function keptCheckpoints(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => KEPT.test(name)).sort((a, b) => stepOf(b) - stepOf(a));
}

const stepOf = (name: string): number => Number(KEPT.exec(name)?.[1]);
