/**
 * A lock between processes: a file that holds its owner's identity. A lock whose owner has died is broken.
 *
 * The file is made whole with link(2), so no one ever reads a half-written lock. Only the owner or one breaker removes
 * it; breakers exclude each other by a directory and look again once inside, so a fresh lock is never taken for the
 * stale one that it replaced.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BEAT_MS = 5_000;
/** For an owner on another host (a cache shared between containers), whose pid says nothing here. */
const REMOTE_STALE_MS = 60_000;
const BREAKER_STALE_MS = 10_000;
const UNREADABLE_STALE_MS = 10_000;

/**
 * When a process started, to tell it from a later one with the same pid; undefined where that can't be known.
 * @param {number} pid
 */
export function processStart(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces: count fields after it. Start time is the 22nd of all.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Whether the owner written in a lock file is gone.
 * @param {string} file
 */
export function isStale(file) {
  let owner;
  let age = 0;
  try {
    age = Date.now() - fs.statSync(file).mtimeMs;
    owner = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    // Gone meanwhile is not stale; no identity after a while is.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' && age > UNREADABLE_STALE_MS;
  }
  if (owner.host !== os.hostname()) return age > REMOTE_STALE_MS;
  if (!isAlive(owner.pid)) return true;
  return owner.start !== undefined && processStart(owner.pid) !== owner.start;
}

/** @param {string} file */
function breakLock(file) {
  const breaker = `${file}.breaking`;
  try {
    fs.mkdirSync(breaker);
  } catch {
    try {
      if (Date.now() - fs.statSync(breaker).mtimeMs > BREAKER_STALE_MS) fs.rmdirSync(breaker);
    } catch {
      // another breaker finished
    }
    return;
  }
  try {
    if (isStale(file)) fs.rmSync(file, { force: true });
  } finally {
    fs.rmSync(breaker, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {boolean} whether this process now owns the lock
 */
function tryAcquire(file) {
  const own = `${file}.${randomUUID()}`;
  const identity = JSON.stringify({
    pid: process.pid,
    host: os.hostname(),
    start: processStart(process.pid),
  });
  try {
    fs.writeFileSync(own, identity);
    try {
      fs.linkSync(own, file);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
      // A file system without hard links.
      fs.writeFileSync(file, identity, { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/**
 * Runs `action` while no other process holds the lock.
 * @template T
 * @param {string} file the lock's path; its folder is made
 * @param {() => T | Promise<T>} action
 * @param {{ onWait?: (owner: string) => void, pollMs?: number }} [options] onWait is called once, with the owner's pid
 * @returns {Promise<T>}
 */
export async function withLock(file, action, options = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let waited = false;
  while (!tryAcquire(file)) {
    if (isStale(file)) {
      breakLock(file);
    } else if (!waited) {
      waited = true;
      let owner = '?';
      try {
        owner = String(JSON.parse(fs.readFileSync(file, 'utf8')).pid);
      } catch {
        // released meanwhile
      }
      options.onWait?.(owner);
    }
    await new Promise((resolve) => setTimeout(resolve, options.pollMs ?? 100));
  }
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now, () => {});
  }, BEAT_MS);
  const release = () => fs.rmSync(file, { force: true });
  process.on('exit', release);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}
