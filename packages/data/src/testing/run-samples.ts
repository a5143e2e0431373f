// A program of its own, for memory.int.test.ts: node --expose-gc run-samples.cjs FOLDER SAMPLES here|threads|kept
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sample } from '@lungseg/core';
import { applyTransforms, batch, inTurn, repeatEpochs, traceSample } from '@lungseg/transforms';
import { from, lastValueFrom, map, range, take, type Observable } from 'rxjs';
import { cacheSamples, memoryStore, prefetch, type DatalistEntry } from '../index.js';
import { augment } from './augment.js';

/** What the program prints: a look at memory each tenth of the way, in bytes. */
export interface SampleRun {
  /** Objects and voxels that this thread holds, after garbage collection. */
  readonly inUse: readonly number[];
  /** What the process takes of the system's memory, its threads and native code included. */
  readonly resident: readonly number[];
}

const [folder = '', samples = '', how] = process.argv.slice(2);
const count = Number(samples);
const run: { inUse: number[]; resident: number[] } = { inUse: [], resident: [] };

function look(): void {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  run.inUse.push(heapUsed + arrayBuffers);
  run.resident.push(rss);
}

/** From files, through a cache, to batches, in this thread. */
function samplesHere(): Observable<Sample> {
  const images = readdirSync(folder).filter((name) => name.startsWith('image'));
  const entries = images.map((name): DatalistEntry => ({
    image: join(folder, name),
    label: join(folder, name.replace('image', 'label')),
  }));
  return from(entries).pipe(
    repeatEpochs({ seed: 1 }),
    cacheSamples({ store: memoryStore({ budgetBytes: 1e9 }), prepare: [] }),
    applyTransforms([augment], { seed: 2 }),
    inTurn((sample) => [sample.volumes]),
  );
}

/** From two worker threads. */
function samplesOfThreads(): Observable<Sample> {
  const module = pathToFileURL(join(folder, 'sample-work.mjs'));
  return range(0, 3).pipe(
    repeatEpochs({ seed: 1 }),
    prefetch<number, Sample>({ module, workers: 2, seed: 2 }),
  );
}

const held: unknown[] = [];
const stream = (how === 'threads' ? samplesOfThreads() : samplesHere()).pipe(
  inTurn((volumes) => [traceSample('sample', volumes)]),
  batch({ size: 1 }),
  inTurn(async (step, index) => {
    // A consumer that gives up the turn, as a training step does.
    await new Promise(setImmediate);
    if (how === 'kept' && index % 20 === 0) held.push(step);
    if ((index + 1) % (count / 10) === 0) look();
    return index;
  }),
  take(count),
  map((index) => index + 1),
);

void lastValueFrom(stream).then(() => process.stdout.write(JSON.stringify(run)));
