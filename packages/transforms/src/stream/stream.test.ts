import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import {
  concatMap,
  EMPTY,
  from,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  range,
  take,
  throwError,
  timer,
  toArray,
  type OperatorFunction,
} from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import {
  applyTransforms,
  batch,
  fromIterable,
  inTurn,
  mapInOrder,
  repeatEpochs,
  shiftIntensity,
  shuffleBuffer,
  traceSample,
  type TracedSample,
} from '../index.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

/** What a stream that ends at once gives. */
function valuesOf<T>(source: Observable<T>): T[] {
  let values: T[] = [];
  source.pipe(toArray()).subscribe((all) => (values = all));
  return values;
}

const sample = (value: number, size: [number, number, number] = [2, 1, 1]): TracedSample => {
  const data = new Float32Array(size[0] * size[1] * size[2]).fill(value);
  return traceSample(`case-${value}`, { image: createVolume(data, createGeometry({ size })) });
};

describe.each<[string, OperatorFunction<TracedSample, unknown>]>([
  ['repeatEpochs', repeatEpochs({ epochs: 1 })],
  ['shuffleBuffer', shuffleBuffer({ size: 2, seed: 1 })],
  ['batch', batch({ size: 2 })],
  ['mapInOrder', mapInOrder((value) => of(value), { ahead: 2 })],
  ['inTurn', inTurn((value) => of(value))],
  ['applyTransforms', applyTransforms([shiftIntensity({ offset: 1 })], { seed: 1 })],
])('%s', (_name, operator) => {
  test('of an empty source is empty, of one that never ends or fails is the same', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<TracedSample>('--|').pipe(operator)).toBe('--|');
      expectObservable(cold<TracedSample>('---').pipe(operator)).toBe('---');
      expectObservable(cold<TracedSample>('--#', {}, 'lost').pipe(operator)).toBe('--#', {}, 'lost');
      expectObservable(NEVER.pipe(operator)).toBe('-');
      expectObservable(EMPTY.pipe(operator)).toBe('|');
    });
  });

  test('leaves its source on unsubscribing early', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<TracedSample>('-------a', { a: sample(1) });
      expectObservable(source.pipe(operator), '^---!').toBe('-----');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });
});

describe('repeatEpochs', () => {
  test('gives the source over and over, in its order, and reads it once', () => {
    let reads = 0;
    const source = new Observable<number>((subscriber) => {
      reads++;
      subscriber.next(1);
      subscriber.next(2);
      subscriber.complete();
    });
    expect(valuesOf(source.pipe(repeatEpochs({ epochs: 3 })))).toEqual([1, 2, 1, 2, 1, 2]);
    expect(reads).toBe(1);
    expect(() => repeatEpochs({ epochs: 0 })).toThrow('epochs must be a positive integer. Received: 0.');
  });

  test('with a seed, shuffles every epoch anew, the same for each subscriber', () => {
    const shuffled = range(0, 20).pipe(repeatEpochs({ epochs: 3, seed: 4 }));
    const values = valuesOf(shuffled);
    const epochs = [0, 20, 40].map((at) => values.slice(at, at + 20));
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual(valuesOf(range(0, 20)));
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(valuesOf(shuffled)).toEqual(values);
  });

  test('may be without end', () => {
    expect(valuesOf(of(7, 8).pipe(repeatEpochs(), take(5)))).toEqual([7, 8, 7, 8, 7]);
  });
});

describe('fromIterable', () => {
  /** Counts up, and notes how far it got and that it was ended. */
  function* counting(notes: (number | string)[]): Generator<number> {
    try {
      for (let n = 0; ; n++) {
        notes.push(n);
        yield n;
      }
    } finally {
      notes.push('ended');
    }
  }

  test('takes a value when it is asked for, and ends the iteration of who leaves early', () => {
    marbles(({ expectObservable, flush }) => {
      const notes: (number | string)[] = [];
      const slow = fromIterable(counting(notes)).pipe(
        inTurn((n) => timer(10).pipe(map(() => String(n)))),
        take(3),
      );
      expectObservable(slow).toBe('10ms a 9ms b 9ms (c|)', { a: '0', b: '1', c: '2' });
      flush();
      expect(notes).toEqual([0, 1, 2, 'ended']);
    });
  });

  test('gives a list to each subscriber from its beginning, and its end and errors in their turn', () => {
    const list = fromIterable([1, 2, 3]);
    expect([valuesOf(list), valuesOf(list.pipe(take(2))), valuesOf(list)]).toEqual([
      [1, 2, 3],
      [1, 2],
      [1, 2, 3],
    ]);
    marbles(({ expectObservable }) => {
      const failing = function* (): Generator<string> {
        yield 'a';
        throw new Error('lost');
      };
      expectObservable(fromIterable(failing())).toBe('(a#)', { a: 'a' }, new Error('lost'));
      expectObservable(fromIterable<string>([])).toBe('|');
    });
  });

  test('waits for what an asynchronous iterable gives', async () => {
    const notes: string[] = [];
    const files = async function* (): AsyncGenerator<string> {
      try {
        for (const name of ['a', 'b', 'c', 'd']) {
          await new Promise(setImmediate);
          yield name;
        }
      } finally {
        notes.push('ended');
      }
    };
    const source = { [Symbol.asyncIterator]: files };
    const named = inTurn((name: string) => of(`${name}.nii`));
    expect(await lastValueFrom(fromIterable(source).pipe(named, toArray()))).toHaveLength(4);
    expect(await lastValueFrom(fromIterable(source).pipe(named, take(2), toArray()))).toEqual(['a.nii', 'b.nii']); // prettier-ignore
    await new Promise(setImmediate);
    expect(notes).toEqual(['ended', 'ended']);
  });
});

describe('shuffleBuffer', () => {
  test('gives every value once, none earlier than the window allows, the same for the same seed', () => {
    const shuffled = (seed: number) => valuesOf(range(0, 50).pipe(shuffleBuffer({ size: 5, seed })));
    const values = shuffled(1);
    expect([...values].sort((a, b) => a - b)).toEqual(valuesOf(range(0, 50)));
    values.forEach((value, place) => expect(value).toBeLessThan(place + 5));
    expect(values).not.toEqual(valuesOf(range(0, 50)));
    expect(shuffled(1)).toEqual(values);
    expect(shuffled(2)).not.toEqual(values);
  });
});

describe('batch', () => {
  test('stacks samples as [N, D, H, W, 1], in order; the last may be smaller, or is dropped', () => {
    const source = of(sample(1), sample(2), sample(3));
    const batches = valuesOf(source.pipe(batch({ size: 2 })));
    expect(batches.map(({ tensors }) => tensors['image']!.shape)).toEqual([
      [2, 1, 1, 2, 1],
      [1, 1, 1, 2, 1],
    ]);
    expect([...batches[0]!.tensors['image']!.data]).toEqual([1, 1, 2, 2]);
    expect(batches[0]!.samples.map(({ name }) => name)).toEqual(['case-1', 'case-2']);
    expect(valuesOf(source.pipe(batch({ size: 2, dropLast: true })))).toHaveLength(1);
  });

  test('refuses samples of different sizes, by name', () => {
    const source = of(sample(1), sample(2, [1, 1, 1])).pipe(batch({ size: 2 }));
    let message = '';
    source.subscribe({ error: (error: Error) => (message = error.message) });
    expect(message).toBe(
      'batch: case-2 must have image of 2 x 1 x 1, as case-1. Received: 1 x 1 x 1. Crop or pad to one size first.',
    );
  });
});

describe('mapInOrder', () => {
  type Key = 'a' | 'b' | 'c' | 'd';
  const keys = { a: 'a', b: 'b', c: 'c', d: 'd' } as const;

  test('keeps the order, whichever is done first, and starts no more than it may', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = { a: cold('----a|'), b: cold('-b|'), c: cold('----c|'), d: cold('|') };
      const source = cold<Key>('(abc|)', keys);
      expectObservable(source.pipe(mapInOrder((key) => inner[key], { ahead: 2 }))).toBe('----(ab)(c|)');
      expectSubscriptions(inner.a.subscriptions).toBe('^---!');
      expectSubscriptions(inner.b.subscriptions).toBe('^!');
      expectSubscriptions(inner.c.subscriptions).toBe('----^---!');
    });
  });

  test('an error stops, in its turn, and unsubscribes from all that are running', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = { a: cold('---a|'), b: cold('-#', {}, 'lost'), c: cold('------c|'), d: cold('|') };
      const source = cold<Key>('(abc|)', keys);
      expectObservable(source.pipe(mapInOrder((key) => inner[key], { ahead: 3 }))).toBe(
        '---(a#)',
        { a: 'a' },
        'lost',
      );
      expectSubscriptions(inner.c.subscriptions).toBe('^--!');
    });
  });

  test('reports an error and goes on, where it is told so', () => {
    const reported: unknown[] = [];
    const project = (n: number) => (n === 2 ? throwError(() => 'lost') : of(n));
    const values = range(1, 4).pipe(
      mapInOrder(project, { onError: (error, n) => reported.push([error, n]) }),
    );
    expect(valuesOf(values)).toEqual([1, 3, 4]);
    expect(reported).toEqual([['lost', 2]]);
  });

  test('an error of what errors are reported to ends the stream, in its turn, and unsubscribes from all', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = { a: cold('---a|'), b: cold('-#', {}, 'lost'), c: cold('------c|'), d: cold('|') };
      const source = cold<Key>('(abc|)', keys);
      const onError = (): never => {
        throw new Error('the report failed');
      };
      expectObservable(source.pipe(mapInOrder((key) => inner[key], { ahead: 3, onError }))).toBe(
        '---(a#)',
        { a: 'a' },
        new Error('the report failed'),
      );
      expectSubscriptions(inner.c.subscriptions).toBe('^--!');
      expectSubscriptions(source.subscriptions).toBe('(^!)');
    });
  });

  test('so does one of a report of what could not be started', () => {
    const values: unknown[] = [];
    const project = (n: number) => {
      if (n === 2) throw new Error('not started');
      return of(n);
    };
    const onError = (error: unknown): never => {
      throw new Error(`no report of: ${(error as Error).message}`);
    };
    range(1, 4)
      .pipe(mapInOrder(project, { onError }))
      .subscribe({
        next: (value) => values.push(value),
        error: (error: Error) => values.push(error.message),
      });
    expect(values).toEqual([1, 'no report of: not started']);
  });

  test('unsubscribing early unsubscribes from what is running', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = { a: cold('----a|'), b: cold('------b|'), c: cold('c|'), d: cold('|') };
      const source = cold<Key>('(abc|)', keys);
      expectObservable(source.pipe(mapInOrder((key) => inner[key], { ahead: 2 })), '^--!').toBe('---');
      expectSubscriptions(inner.a.subscriptions).toBe('^--!');
      expectSubscriptions(inner.b.subscriptions).toBe('^--!');
      expectSubscriptions(inner.c.subscriptions).toBe([]);
    });
  });
});

describe('back-pressure', () => {
  test('a slow consumer of a stream without end holds up what is before it: no more than ahead is made', () => {
    marbles(({ expectObservable }) => {
      let made = 0;
      let used = 0;
      let most = 0;
      const stream = from([sample(1), sample(2), sample(3)]).pipe(
        repeatEpochs({ seed: 1 }),
        mapInOrder(
          (value) => {
            most = Math.max(most, ++made - used);
            return timer(1).pipe(map(() => value));
          },
          { ahead: 4 },
        ),
        applyTransforms([shiftIntensity({ offset: 1 })], { seed: 1 }),
        inTurn(() => timer(20).pipe(map(() => ++used))),
        take(10),
      );
      // One is used, four wait.
      expectObservable(stream.pipe(map(() => most))).toBe('21ms a 19ms b 19ms b 19ms b 19ms b 19ms b 19ms b 19ms b 19ms b 19ms (b|)', { a: 5, b: 5 }); // prettier-ignore
    });
  });

  test('batches and a buffer ask for what they hold, and no more', () => {
    let made = 0;
    const stream = from([0, 1, 2, 3, 4]).pipe(
      repeatEpochs(),
      mapInOrder((value) => of(sample(value + 0 * made++))),
      shuffleBuffer({ size: 8, seed: 1 }),
      batch({ size: 2 }),
      inTurn(() => NEVER),
    );
    const subscription = stream.subscribe();
    // Eight are held and given, one at a time, until a batch has its two; one is made ahead.
    expect(made).toBeGreaterThanOrEqual(9);
    expect(made).toBeLessThanOrEqual(10);
    subscription.unsubscribe();
  });

  test('a source without end that can not be asked is an error, before it fills the memory', () => {
    const seen: unknown[] = [];
    range(0, Number.MAX_SAFE_INTEGER)
      .pipe(
        map((seed) => seed),
        inTurn((seed) => timer(0).pipe(map(() => seed))),
      )
      .subscribe({ error: (error: Error) => seen.push(`${error.name}: ${error.message}`) });
    expect(seen).toEqual([]);
    return new Promise((resolve) => setTimeout(resolve, 20)).then(() =>
      expect(seen).toEqual([
        'UnsupportedError: A source that gives its values unasked must not be 1000000 ahead. Received one that is, from an operator of RxJS. Begin the stream with fromIterable or repeatEpochs, and put ordinary operators before those.',
      ]),
    );
  });

  test('unlike concatMap, after which everything would be made at once', () => {
    let made = 0;
    from([0, 1])
      .pipe(
        repeatEpochs({ epochs: 50 }),
        mapInOrder((value) => of(value + 0 * made++)),
        concatMap(() => NEVER),
      )
      .subscribe()
      .unsubscribe();
    expect(made).toBe(100);
  });
});
