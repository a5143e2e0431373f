import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng } from '@lungseg/core';
import { map, of, Subject, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  applyTransforms,
  compose,
  crop,
  randomShiftIntensity,
  shiftIntensity,
  traceSample,
  type TracedSample,
} from '../index.js';

const geometry = createGeometry({ size: [1, 1, 1] });
const sample = (value: number): TracedSample =>
  traceSample(`case-${value}`, { image: createVolume(Float32Array.of(value), geometry) });
const valueOf = ({ volumes }: TracedSample): number => volumes['image']!.data[0]!;

function marbles(run: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
}

const addTen = (source: Observable<TracedSample>): Observable<number> =>
  source.pipe(applyTransforms([shiftIntensity({ offset: 10 })], { seed: 1 }), map(valueOf));
const values = { a: sample(1), b: sample(2), c: sample(3) };
const results = { a: 11, b: 12, c: 13 };

describe('applyTransforms', () => {
  test('keeps the order, and completes with the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b--c|', values);
      expectObservable(addTen(source)).toBe('-a-b--c|', results);
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });

  test('of an empty source, and of one that never ends, is the same', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(addTen(cold<TracedSample>('--|'))).toBe('--|');
      expectObservable(addTen(cold<TracedSample>('---'))).toBe('---');
    });
  });

  test('passes on an error of the source', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(addTen(cold('a-#', values, 'lost'))).toBe('a-#', results, 'lost');
    });
  });

  test('fails with the names of sample and step, and leaves the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b|', { ...values, b: traceSample('case-b', {}) });
      const result = source.pipe(
        applyTransforms([shiftIntensity({ offset: 1 }), crop({ start: [0, 0, 0], size: [1, 1, 1] })], {
          seed: 1,
        }),
        map(valueOf),
      );
      expectObservable(result).toBe(
        '-a-#',
        { a: 2 },
        expect.objectContaining({
          message: 'case-b: crop: A sample must have at least one volume. Received: none.',
        }),
      );
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  test('reports and leaves out what fails, where it is told so', () => {
    marbles(({ hot, expectObservable }) => {
      const reported: string[] = [];
      const source = hot('-a-b-c|', { ...values, b: traceSample('case-b', {}) });
      const result = source.pipe(
        applyTransforms([shiftIntensity({ offset: 10 }), crop({ start: [0, 0, 0], size: [1, 1, 1] })], {
          seed: 1,
          onError: (error, { name }) => reported.push(`${name}; ${(error as Error).message}`),
        }),
        map((traced) => {
          expect(reported.length).toBe(valueOf(traced) === 11 ? 0 : 1);
          return valueOf(traced);
        }),
      );
      expectObservable(result).toBe('-a---c|', results);
    });
  });

  test('an error of what errors are reported to ends the stream, and leaves the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-c|', { ...values, b: traceSample('case-b', {}) });
      const result = source.pipe(
        applyTransforms([shiftIntensity({ offset: 10 }), crop({ start: [0, 0, 0], size: [1, 1, 1] })], {
          seed: 1,
          onError: () => {
            throw new Error('the report failed');
          },
        }),
        map(valueOf),
      );
      expectObservable(result).toBe('-a-#', results, new Error('the report failed'));
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  test('adds to the history, which replays and inverts', () => {
    const steps = [randomShiftIntensity({ maxOffset: 1 }), crop({ start: [0, 0, 0], size: [2, 2, 2] })];
    let traced: TracedSample | undefined;
    of(sample(5))
      .pipe(
        applyTransforms([steps[0]!], { seed: 1 }),
        applyTransforms([steps[1]!], { seed: 1 }),
        map((result) => JSON.parse(JSON.stringify(result.history)) as TracedSample['history']),
      )
      .subscribe((history) => (traced = { ...sample(5), history }));
    const all = compose(steps);
    expect(traced!.history.map(({ name }) => name)).toEqual(['randomShiftIntensity', 'crop']);
    const replayed = all.apply(sample(5).volumes['image']!, traced!.history);
    expect(replayed.geometry.size).toEqual([2, 2, 2]);
    expect(all.invert!(replayed, traced!.history).geometry).toEqual(geometry);
  });

  test('leaves the source on unsubscribing early, and does no more', () => {
    let applied = 0;
    const counting = { ...shiftIntensity({ offset: 1 }), sampleParams: () => ({ offset: (applied += 1) }) };
    const source = new Subject<TracedSample>();
    const seen: number[] = [];
    const subscription = source
      .pipe(applyTransforms([counting], { seed: 1 }), map(valueOf))
      .subscribe((value) => seen.push(value));
    source.next(sample(0));
    subscription.unsubscribe();
    source.next(sample(0));
    expect(seen).toEqual([1]);
    expect(applied).toBe(1);
    expect(source.observed).toBe(false);
  });

  const stream = (options: Parameters<typeof applyTransforms>[1]) => {
    const source = new Subject<TracedSample>();
    const result = source.pipe(
      applyTransforms([randomShiftIntensity({ maxOffset: 1 })], options),
      map(valueOf),
    );
    return () => {
      const seen: number[] = [];
      const subscription = result.subscribe((value) => seen.push(value));
      for (let n = 0; n < 5; n++) source.next(sample(0));
      subscription.unsubscribe();
      return seen;
    };
  };

  test('with a seed, gives each subscriber the same; each sample something else', () => {
    const subscribe = stream({ seed: 7 });
    const first = subscribe();
    expect(subscribe()).toEqual(first);
    expect(new Set(first).size).toBe(5);
    expect(stream({ seed: 8 })()).not.toEqual(first);
  });

  test('with a generator, goes on from subscription to subscription', () => {
    const subscribe = stream({ rng: new Rng(7) });
    expect(subscribe()).toEqual(stream({ seed: 7 })());
    expect(subscribe()).not.toEqual(stream({ seed: 7 })());
  });

  test('says what to do about samples without a name', () => {
    const plain = of(sample(1).volumes as unknown as TracedSample);
    let message = '';
    plain
      .pipe(applyTransforms([], { seed: 1 }))
      .subscribe({ error: (error: Error) => (message = error.message) });
    expect(message).toBe(
      'A sample must have a name and a history. Received: an object with image. Make it with traceSample.',
    );
  });

  test('refuses to go without either', () => {
    expect(() => applyTransforms([], { seed: Number.NaN })).toThrow(/must have a seed.*Received: NaN/);
  });
});
