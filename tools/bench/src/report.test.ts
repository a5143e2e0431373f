import { expect, test } from '@jest/globals';
import { median, type Measurement, type Sample } from './bench-case.js';
import { linesOf, sectionOf } from './report.js';

const sample = (wallMs: number, cpuMs: number, peakBytes: number | null = null): Sample => ({
  wallMs,
  cpuMs,
  peakBytes,
});

const measurement: Measurement = {
  what: 'a CT',
  samples: {
    lungseg: [sample(90, 50, 2 ** 30), sample(100, 50, 2 ** 29), sample(400, 60, 2 ** 29)],
    SimpleITK: [sample(200, 100)],
  },
};

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

test('lines say the medians, the most memory, and the ratio', () =>
  expect(linesOf(measurement)).toEqual([
    'a CT: lungseg: 100 ms (50 ms of CPU, 1024 MiB)',
    'a CT: SimpleITK: 200 ms (100 ms of CPU, not known); lungseg takes 0.50 of it',
  ]));

test('a rate stands beside the time where a task makes many', () =>
  expect(linesOf({ ...measurement, count: 3 })[0]).toBe(
    'a CT: lungseg: 100 ms, 30.0 a second (50 ms of CPU, 1024 MiB)',
  ));

test('a section says case, machine and figures', () => {
  const section = sectionOf({
    benchCase: { name: 'read', title: 'Reading', about: 'Reads.' },
    machine: { processor: 'P', cores: 2, memoryGiB: 8, system: 'Linux', node: '20.0.0', load: 0.5 },
    repeats: 3,
    measurements: [measurement],
  });
  expect(section).toBe(`## Reading

Reads.

Medians of 3 by \`npx nx run bench:run --only=read\`, on P, 2 cores, 8 GiB, Linux, Node 20.0.0; load of the machine at the start: 0.5.

| task | who       | time   | on all cores | peak memory | lungseg's share of the time |
| ---- | --------- | ------ | ------------ | ----------- | --------------------------- |
| a CT | lungseg   | 100 ms | 50 ms        | 1024 MiB    |                             |
| a CT | SimpleITK | 200 ms | 100 ms       | not known   | 0.50                        |`);
});
