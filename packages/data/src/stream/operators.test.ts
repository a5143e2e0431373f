import { describe, expect, test } from '@jest/globals';
import { EMPTY, NEVER, type OperatorFunction } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { cacheSamples, loadSamples, memoryStore, prefetch, type DatalistEntry } from '../index.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

const store = memoryStore({ budgetBytes: 0 });
const entries: Readonly<Record<string, DatalistEntry>> = {
  a: { image: 'a.nii' },
  b: { image: 'b.nii' },
  c: { image: 'c.nii' },
};

describe.each<[string, (ahead: number) => OperatorFunction<DatalistEntry, unknown>]>([
  ['loadSamples', (ahead) => loadSamples({ ahead })],
  ['cacheSamples', (ahead) => cacheSamples({ store, prepare: [], ahead })],
  // A thread that is never asked for isn't started: there is no such module.
  ['prefetch', (ahead) => prefetch({ module: new URL('file:///no-such-module.js'), seed: 1, ahead })],
])('%s', (_name, make) => {
  test('of an empty source is empty, of one that never ends or fails is the same', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<DatalistEntry>('--|').pipe(make(2))).toBe('--|');
      expectObservable(cold<DatalistEntry>('---').pipe(make(2))).toBe('---');
      expectObservable(cold<DatalistEntry>('--#', {}, 'lost').pipe(make(2))).toBe('--#', {}, 'lost');
      expectObservable(NEVER.pipe(make(2))).toBe('-');
      expectObservable(EMPTY.pipe(make(2))).toBe('|');
    });
  });

  test('leaves its source on unsubscribing early, before there was anything and in the midst of work', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const idle = hot<DatalistEntry>('-------a', entries);
      expectObservable(idle.pipe(make(2)), '^---!').toBe('-----');
      expectSubscriptions(idle.subscriptions).toBe('^---!');
      const busy = hot<DatalistEntry>('-a-b-c--', entries);
      expectObservable(busy.pipe(make(2)), '^--!').toBe('----');
      expectSubscriptions(busy.subscriptions).toBe('^--!');
    });
  });
});
