import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createGeometry, createVolume, type ReadError, type Transform } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import {
  applyTransforms,
  compose,
  inTurn,
  randomFlip,
  repeatEpochs,
  scaleIntensityRange,
  spacing,
  type TracedSample,
} from '@lungseg/transforms';
import { firstValueFrom, from, lastValueFrom, map, take, timer, toArray } from 'rxjs';
import {
  cacheSamples,
  diskStore,
  loadSample,
  loadSamples,
  memoryStore,
  prefetch,
  type DatalistEntry,
  type LoadSampleOptions,
  type PrefetchOptions,
  type SampleStore,
} from '../index.js';

let folder: string;
let entries: DatalistEntry[];
const geometry = createGeometry({ size: [6, 5, 4], spacing: [1, 1, 2], origin: [3, -4, 5] });
const BYTES = 6 * 5 * 4;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-stream-'));
  entries = [];
  for (let n = 0; n < 4; n++) {
    const entry = { image: join(folder, `image-${n}.nii.gz`), label: join(folder, `label-${n}.nii.gz`) };
    const data = new Int16Array(BYTES).map((_, i) => 100 * n + i - 1000);
    await writeVolume(entry.image, createVolume(data, geometry));
    await writeVolume(entry.label, createVolume(new Uint8Array(BYTES).fill(n % 2), geometry, 'label'));
    entries.push(entry);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('loadSamples', () => {
  test('reads images and labels in order, named by their image, without a history', async () => {
    const samples = await lastValueFrom(from(entries).pipe(loadSamples({ ahead: 3 }), toArray()));
    expect(samples.map(({ name }) => name)).toEqual(entries.map(({ image }) => image));
    expect(samples[2]!.volumes['image']!.data[7]).toBe(-793);
    expect(samples[1]!.volumes['label']!.kind).toBe('label');
    expect(samples[0]!.history).toEqual([]);
  });

  test('an error names the file; or is reported, and its case left out', async () => {
    const missing = { image: join(folder, 'none.nii.gz') };
    const list = from([entries[0]!, missing, entries[1]!]);
    await expect(lastValueFrom(list.pipe(loadSamples()))).rejects.toThrow(/none\.nii\.gz/);
    const reported: string[] = [];
    const onError = (error: unknown, { image }: DatalistEntry) =>
      reported.push(`${image}: ${(error as ReadError).name}`);
    const names = await lastValueFrom(list.pipe(loadSamples({ onError }), map(({ name }) => name), toArray())); // prettier-ignore
    expect(names).toEqual([entries[0]!.image, entries[1]!.image]);
    expect(reported).toEqual([`${missing.image}: ReadError`]);
  });

  test('an error of the report of an error ends the stream with it', async () => {
    const onError = (): never => {
      throw new Error('the report failed');
    };
    const lost = { image: join(folder, 'none.nii.gz') };
    const store = memoryStore({ budgetBytes: 0 });
    for (const operator of [loadSamples({ onError }), cacheSamples({ store, prepare: [], onError })]) {
      const list = from([entries[0]!, lost, entries[1]!]).pipe(operator);
      await expect(lastValueFrom(list.pipe(toArray()))).rejects.toThrow('the report failed');
    }
  });

  test('takes images for CTs: padding becomes air, other numbers are refused, but where told otherwise', async () => {
    const ct = { image: join(folder, 'padded.nii.gz') };
    await writeVolume(
      ct.image,
      createVolume(
        Int16Array.from({ length: BYTES }, (_, i) => 12 * i - 2000),
        geometry,
      ),
    );
    const mr = { image: join(folder, 'mr.nii.gz') };
    await writeVolume(
      mr.image,
      createVolume(
        Int16Array.from({ length: BYTES }, (_, i) => 9 * i),
        geometry,
      ),
    );
    const first = async (entry: DatalistEntry, options: LoadSampleOptions = {}) =>
      (await loadSample(entry, options)).volumes['image']!.data[0];
    expect(await first(ct)).toBe(-1024);
    expect(await first(ct, { images: 'any' })).toBe(-2000);
    await expect(first(mr)).rejects.toThrow(/mr\.nii\.gz can't be in HU/);
    expect(await first(mr, { images: 'any' })).toBe(0);
  });

  test('refuses a label on another grid', async () => {
    const other = join(folder, 'other.nii.gz');
    await writeVolume(other, createVolume(new Uint8Array(8), createGeometry({ size: [2, 2, 2] }), 'label'));
    const list = from([{ image: entries[0]!.image, label: other }]);
    await expect(lastValueFrom(list.pipe(loadSamples()))).rejects.toThrow(
      /must lie on the grid of.*2 x 2 x 2/,
    );
  });
});

describe('cacheSamples', () => {
  const prepare: readonly Transform[] = [
    spacing({ spacing: [2, 2, 2] }),
    scaleIntensityRange({ from: [-1000, 1000] }),
  ];
  const cached = (store: SampleStore, list: readonly DatalistEntry[] = entries, steps = prepare) =>
    lastValueFrom(
      from(list).pipe(repeatEpochs({ epochs: 2 }), cacheSamples({ store, prepare: steps }), toArray()),
    );

  /** Counts what a store is asked to keep: what had to be made. */
  const counting = (store: SampleStore) => {
    const made: string[] = [];
    const counted: SampleStore = {
      get: (key) => store.get(key),
      put: (key, sample) => {
        made.push(key);
        return store.put(key, sample);
      },
    };
    return { made, counted };
  };

  test.each([
    ['memory', () => memoryStore({ budgetBytes: 1e6 })],
    ['disk', () => diskStore({ folder: join(folder, 'cache-twice') })],
  ])('makes each case once, and gives the same again, with its history: %s', async (_name, store) => {
    const { made, counted } = counting(store());
    const samples = await cached(counted);
    expect(made).toHaveLength(4);
    expect(samples).toHaveLength(8);
    expect(samples.slice(4)).toEqual(samples.slice(0, 4));
    expect(samples[0]!.volumes['image']!.geometry.spacing).toEqual([2, 2, 2]);
    expect(samples[0]!.history.map(({ name }) => name)).toEqual(['spacing', 'scaleIntensityRange']);
    const back = compose(prepare).invert!(samples[1]!.volumes['label']!, samples[1]!.history);
    expect(back.geometry.size).toEqual(geometry.size);
  });

  test('keeps no more than its budget in memory', async () => {
    const one = BYTES / 4 + BYTES;
    const store = memoryStore({ budgetBytes: 2.5 * one });
    const { made, counted } = counting(store);
    await cached(counted);
    expect(store.bytes).toBeGreaterThan(0);
    expect(store.bytes).toBeLessThanOrEqual(2.5 * one);
    expect(made.length).toBeGreaterThan(4);
    expect(() => memoryStore({ budgetBytes: -1 })).toThrow(/must not be negative/);
  });

  test('on disk, lasts from run to run; other content or other options are made anew, damage too', async () => {
    const store = diskStore({ folder: join(folder, 'cache') });
    const changing = { image: join(folder, 'changing.nii.gz') };
    const write = (value: number) =>
      writeVolume(changing.image, createVolume(new Int16Array(BYTES).fill(value), geometry));
    const madeNow = async (high = 1000) => {
      const { made, counted } = counting(store);
      const steps = [
        spacing({ spacing: [2, 2, 2] }),
        compose([scaleIntensityRange({ from: [-1000, high] })]),
      ];
      const [sample] = await cached(counted, [changing], steps);
      return [made.length, Number(sample!.volumes['image']!.data[0]!.toFixed(3))];
    };
    await write(-500);
    expect(await madeNow()).toEqual([1, 0.25]);
    expect(await madeNow()).toEqual([0, 0.25]);
    expect(await madeNow(0)).toEqual([1, 0.5]);
    expect(await madeNow(0)).toEqual([0, 0.5]);
    expect(await madeNow()).toEqual([0, 0.25]);
    await write(-200);
    expect(await madeNow()).toEqual([1, 0.4]);
    for (const name of await readdir(join(folder, 'cache'))) {
      const bytes = await readFile(join(folder, 'cache', name));
      bytes[40] = bytes[40]! ^ 1;
      await writeFile(join(folder, 'cache', name), bytes);
    }
    expect(await madeNow()).toEqual([1, 0.4]);
  });
});

describe('cacheSamples finds what was kept by content', () => {
  const header = [
    'ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False',
    'Offset = 0 0 0\nElementSpacing = 1 1 1\nDimSize = 2 2 2\nElementType = MET_SHORT\nElementDataFile = ct.raw\n',
  ].join('\n');
  /** A case whose header says the same as all others do. */
  const detached = async (name: string, lowest: number): Promise<DatalistEntry> => {
    const of = join(folder, name);
    await mkdir(of, { recursive: true });
    await writeFile(join(of, 'ct.mhd'), header);
    const voxels = Int16Array.from({ length: 8 }, (_, n) => lowest + 20 * n);
    await writeFile(join(of, 'ct.raw'), new Uint8Array(voxels.buffer));
    return { image: join(of, 'ct.mhd') };
  };
  const lowestOf = map(({ volumes }: TracedSample) => volumes['image']!.data[0]);

  test('of the file with the voxels, too: cases of equal headers are told apart', async () => {
    const list = [await detached('one', -900), await detached('two', -700)];
    const store = memoryStore({ budgetBytes: 1e6 });
    const read = from(list).pipe(cacheSamples({ store, prepare: [] }), lowestOf, toArray());
    expect(await lastValueFrom(read)).toEqual([-900, -700]);
  });

  test('a file that changed is read anew by a second subscription', async () => {
    const store = memoryStore({ budgetBytes: 1e6 });
    const entry = await detached('changing', -900);
    const read = from([entry]).pipe(cacheSamples({ store, prepare: [] }), lowestOf);
    expect(await lastValueFrom(read)).toBe(-900);
    await detached('changing', -700);
    expect(await lastValueFrom(read)).toBe(-700);
  });
});

describe('prefetch', () => {
  /** A module of a user: notes the lives of its threads in files. */
  let module: URL;
  beforeAll(async () => {
    const path = join(folder, 'work.mjs');
    await writeFile(
      path,
      `import { appendFileSync } from 'node:fs';
       export async function createWork(options) {
         appendFileSync(options.log, 'thread\\n');
         setInterval(() => appendFileSync(options.log, 'tick\\n'), 5);
         return async (job, seed) => {
           appendFileSync(options.log, 'job ' + job + '\\n');
           if (job === options.bad) throw Object.assign(new Error('case-' + job + ': crop: too small'), { kind: 'shape' });
           if (job === options.deadly) process.exit(3);
           if (job === options.late) setTimeout(() => { throw new Error('too late'); }, 100);
           if (job.image !== undefined) throw Object.assign(new Error('crop: too small'), { kind: 'shape' });
           await new Promise((resolve) => setTimeout(resolve, (7 * job) % 5));
           return { job, seed, voxels: new Float32Array(4).fill(job) };
         };
       }`,
    );
    module = pathToFileURL(path);
  });
  interface Result {
    readonly job: number;
    readonly seed: number;
    readonly voxels: Float32Array;
  }
  let log = 0;
  const jobs = from([...Array(12).keys()]);
  const start = (
    options: Pick<Partial<PrefetchOptions<number>>, 'workers' | 'ahead' | 'onError'> & {
      bad?: number;
      deadly?: number;
    } = {},
  ) => {
    const { bad = -1, deadly = -1, ...rest } = options;
    const file = join(folder, `log-${log++}`);
    const operator = prefetch<number, Result>({
      module,
      options: { log: file, bad, deadly },
      seed: 5,
      ...rest,
    });
    const lines = async (word: string) =>
      (await readFile(file, 'utf8')).split('\n').filter((line) => line.startsWith(word)).length;
    return { operator, lines };
  };
  /** Threads tick for as long as they live: whether they do, and whether they have stopped a moment later. */
  const expectEnded = async (lines: (word: string) => Promise<number>) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ticks = await lines('tick');
    expect(ticks).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await lines('tick')).toBe(ticks);
  };

  test('gives the same stream for any number of threads, in order, and ends them', async () => {
    const streams: Result[][] = [];
    for (const workers of [1, 2, 3]) {
      const { operator, lines } = start({ workers });
      streams.push(await lastValueFrom(jobs.pipe(operator, toArray())));
      expect(await lines('thread')).toBe(workers);
      await expectEnded(lines);
    }
    expect(streams[0]!.map(({ job }) => job)).toEqual([...Array(12).keys()]);
    expect(new Set(streams[0]!.map(({ seed }) => seed)).size).toBe(12);
    expect([...streams[0]![3]!.voxels]).toEqual([3, 3, 3, 3]);
    expect(streams[1]).toEqual(streams[0]);
    expect(streams[2]).toEqual(streams[0]);
  });

  test('holds back for a slow consumer, without end as the jobs may be, and ends its threads early', async () => {
    const { operator, lines } = start({ workers: 2, ahead: 3 });
    const slow = jobs.pipe(
      repeatEpochs(),
      operator,
      inTurn((result) => timer(30).pipe(map(() => result.job))),
      take(4),
    );
    expect(await lastValueFrom(slow.pipe(toArray()))).toEqual([0, 1, 2, 3]);
    // Four were used and three may have been started ahead, one of them in place of what was taken last.
    expect(await lines('job')).toBeLessThanOrEqual(4 + 3 + 1);
    expect(await lines('thread')).toBe(2);
    const counted = await lines('job');
    await expectEnded(lines);
    expect(await lines('job')).toBe(counted);
  });

  test('an error keeps its class and names the case; or is reported, and its job left out', async () => {
    const failing = lastValueFrom(jobs.pipe(start({ bad: 4 }).operator, toArray()));
    await expect(failing).rejects.toMatchObject({ name: 'ShapeError', message: 'case-4: crop: too small' });
    const reported: [string, number][] = [];
    const skipping = prefetch<number, Result>({
      module,
      options: { log: join(folder, 'log-skip'), bad: 4 },
      seed: 5,
      onError: (error, job) => reported.push([(error as Error).message, job]),
    });
    const results = await lastValueFrom(jobs.pipe(skipping, toArray()));
    expect(results.map(({ job }) => job)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]);
    expect(reported).toEqual([['case-4: crop: too small', 4]]);
  });

  test('a thread that dies, and a module without createWork, are errors', async () => {
    const dying = lastValueFrom(jobs.pipe(start({ deadly: 2 }).operator, toArray()));
    await expect(dying).rejects.toThrow(/A worker thread of .*work\.mjs failed: it ended with code 3/);
    const path = join(folder, 'empty.mjs');
    await writeFile(path, 'export const nothing = 1;');
    const empty = jobs.pipe(prefetch<number, Result>({ module: pathToFileURL(path), seed: 1 }));
    await expect(firstValueFrom(empty)).rejects.toThrow(/must export a function createWork/);
    expect(() => prefetch({ module, workers: 0, seed: 1 })).toThrow(/workers must be a positive integer/);
  });

  /** One thread, whose errors are reported. */
  const skipping = <T>(options: Record<string, number>, nameOf?: (job: T) => string | undefined) => {
    const file = join(folder, `log-${log++}`);
    const reported: string[] = [];
    const operator = prefetch<T, Result>({
      module,
      options: { log: file, ...options },
      workers: 1,
      seed: 5,
      ...(nameOf && { nameOf }),
      onError: (error) => reported.push(String(error)),
    });
    const lines = async (word: string) =>
      (await readFile(file, 'utf8')).split('\n').filter((line) => line.startsWith(word)).length;
    return { operator, reported, lines };
  };
  /** Takes its time, so that threads tick. */
  const jobOf = inTurn(({ job }: Result) => timer(50).pipe(map(() => job)));

  test('a thread that dies is replaced, for the jobs that wait as well', async () => {
    const { operator, reported, lines } = skipping<number>({ deadly: 0 }, (job) => `case-${job}`);
    // Nothing comes after the job that waits, to have it assigned.
    expect(await lastValueFrom(from([0, 1]).pipe(operator, jobOf, toArray()))).toEqual([1]);
    expect(reported).toEqual([
      `Error: case-0: A worker thread of ${module.href} failed: it ended with code 3.`,
    ]);
    expect(await lines('thread')).toBe(2);
    await expectEnded(lines);
  });

  test('a thread that dies without a job is replaced, with a warning', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const file = join(folder, `log-${log++}`);
      const slow = from([0, 1, 2, 3]).pipe(
        prefetch<number, Result>({ module, options: { log: file, late: 0 }, workers: 1, ahead: 1, seed: 5 }),
        inTurn(({ job }) => timer(300).pipe(map(() => job))),
      );
      expect(await lastValueFrom(slow.pipe(toArray()))).toEqual([0, 1, 2, 3]);
      expect(warn.mock.calls.map(([text]) => text)).toEqual([
        `A worker thread of ${module.href} failed: too late. It had no job; another takes its place.`,
      ]);
    } finally {
      warn.mockRestore();
    }
  });

  test('an error of the report of an error ends the stream with it, and the threads', async () => {
    const onError = (): never => {
      throw new Error('the report failed');
    };
    const { lines, operator } = start({ bad: 4, onError });
    await expect(lastValueFrom(jobs.pipe(operator, toArray()))).rejects.toThrow('the report failed');
    await expectEnded(lines);
  });

  test('a job that can not be sent is an error, and takes up no thread', async () => {
    const { operator, reported, lines } = skipping<unknown>({}, (job) => (job === 1 ? undefined : 'odd'));
    const odd = from([() => 1, 1, () => 2, 2]);
    expect(await lastValueFrom(odd.pipe(operator, jobOf, toArray()))).toEqual([1, 2]);
    expect(reported).toHaveLength(2);
    expect(reported[0]).toMatch(/^InvalidArgumentError: odd: A job must be data .* could not be cloned/);
    expect(await lines('thread')).toBe(1);
    await expectEnded(lines);
  });

  test('an error begins with what its job calls itself, once', async () => {
    const { operator, reported } = skipping<unknown>({});
    await lastValueFrom(from([{ image: 'a.nii' }, { name: 'b', image: 'b.nii' }]).pipe(operator, toArray()));
    expect(reported).toEqual(['ShapeError: a.nii: crop: too small', 'ShapeError: b: crop: too small']);
    const { operator: named, reported: once } = skipping<number>({ bad: 4 }, (job) => `case-${job}`);
    await lastValueFrom(from([4]).pipe(named, toArray()));
    expect(once).toEqual(['ShapeError: case-4: crop: too small']);
  });
});

test('a whole pipe gives the same samples for the same seeds, and something else in each epoch', async () => {
  const run = () =>
    lastValueFrom(
      from(entries).pipe(
        repeatEpochs({ epochs: 3, seed: 1 }),
        loadSamples(),
        applyTransforms([randomFlip({ probability: 0.5 })], { seed: 2 }),
        toArray(),
      ),
    );
  const [first, second] = [await run(), await run()];
  expect(second).toEqual(first);
  const flips = first.map(({ history }) => JSON.stringify(history));
  expect(new Set(flips).size).toBeGreaterThan(2);
});
