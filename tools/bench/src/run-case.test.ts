import { expect, test } from '@jest/globals';
import { Contender } from './contender.js';
import { runTask } from './run-case.js';

const program = (source: string): Promise<Contender> => Contender.start(process.execPath, ['-e', source]);

test('contenders take turns, and the first run of each does not count', async () => {
  const order: string[] = [];
  const contender = (name: string): Pick<Contender, 'name' | 'run'> => ({
    name,
    run: () => Promise.resolve({ wallMs: order.push(name), cpuMs: 0, peakBytes: null }),
  });
  const { samples } = await runTask({ what: 'x', request: 1 }, [contender('a'), contender('b')], {
    counted: 2,
    before: 1,
  });
  expect(order.join('')).toBe('ababab');
  expect(samples['b']!.map(({ wallMs }) => wallMs)).toEqual([4, 6]);
});

test('a process answers each request', async () => {
  const contender = await program(`
    console.log(JSON.stringify({ name: 'it' }));
    require('readline').createInterface({ input: process.stdin })
      .on('line', (line) => console.log(JSON.stringify({ wallMs: 2 * JSON.parse(line) })));
  `);
  expect(contender.name).toBe('it');
  expect([await contender.run(3), await contender.run(4)]).toEqual([{ wallMs: 6 }, { wallMs: 8 }]);
  await contender.stop();
});

test('a program that is killed ends the bench with a reason, and stopping it does not wait', async () => {
  const contender = await program(`
    console.log(JSON.stringify({ name: 'it' }));
    process.stdin.on('data', () => process.kill(process.pid, 'SIGKILL'));
  `);
  await expect(contender.run(1)).rejects.toThrow(
    'it ended in the middle of a task (SIGKILL): the machine may have too little memory.',
  );
  await contender.stop();
});

test('a program that lacks something says what', async () => {
  await expect(program('console.error("no such module"); process.exit(1)')).rejects.toThrow('no such module');
  await expect(Contender.start('no-such-program', [])).rejects.toThrow('ENOENT');
});
