/** What is remembered between runs, for one user: the variant asked for, and the last failure. */
import fs from 'node:fs';
import path from 'node:path';
import { writeWhole } from './manifest.mjs';
import { cacheRoot } from './paths.mjs';

/** A closed network must not cost every command a new wait. */
const RETRY_AFTER_MS = 10 * 60_000;

/** @param {string} name */
function read(name) {
  try {
    return JSON.parse(fs.readFileSync(path.join(cacheRoot(), name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @returns {'cpu' | 'gpu' | undefined} */
export function readChoice() {
  const variant = read('choice.json')?.variant;
  return variant === 'cpu' || variant === 'gpu' ? variant : undefined;
}

/** @param {'cpu' | 'gpu' | undefined} variant undefined forgets */
export function writeChoice(variant) {
  const file = path.join(cacheRoot(), 'choice.json');
  if (variant === undefined) fs.rmSync(file, { force: true });
  else writeWhole(file, JSON.stringify({ variant }));
}

/**
 * The reason of a recent failure that nothing has changed about.
 * @param {'cpu' | 'gpu'} variant
 * @param {string[]} missing lines on the tools missing now: another set is a reason to try again
 * @returns {string | undefined}
 */
export function recentFailure(variant, missing) {
  const failure = read(`failure-${variant}.json`);
  if (failure === undefined || Date.now() - failure.at > RETRY_AFTER_MS) return undefined;
  return JSON.stringify(failure.missing) === JSON.stringify(missing) ? failure.reason : undefined;
}

/**
 * @param {'cpu' | 'gpu'} variant
 * @param {string[]} missing
 * @param {string} reason
 */
export function rememberFailure(variant, missing, reason) {
  writeWhole(
    path.join(cacheRoot(), `failure-${variant}.json`),
    JSON.stringify({ at: Date.now(), missing, reason }),
  );
}

/** @param {'cpu' | 'gpu'} variant */
export function forgetFailure(variant) {
  fs.rmSync(path.join(cacheRoot(), `failure-${variant}.json`), { force: true });
}
