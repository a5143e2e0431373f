import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { InvalidArgumentError } from '@lungseg/core';
import { Command } from 'commander';
import { runCommand } from './command.js';

const { argv } = process;
let exit: jest.Spied<typeof process.exit>;
let said: jest.Spied<typeof console.error>;
beforeEach(() => {
  process.argv = ['node', 'command'];
  exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
  said = jest.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => {
  process.argv = argv;
  process.exitCode = undefined;
  jest.restoreAllMocks();
});

/** Runs a command that saves something for a while after it was stopped, and sends it signals. */
async function stopBy(send: () => void): Promise<boolean> {
  let isSaved = false;
  await runCommand((signal) =>
    new Command('test').action(async () => {
      send();
      expect(signal.aborted).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 20));
      isSaved = true;
    }),
  );
  return isSaved;
}

test('a signal that comes twice at once, from the terminal and from the parent, stops once and lets it save', async () => {
  const isSaved = await stopBy(() => {
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
  });
  expect(isSaved).toBe(true);
  expect(exit).not.toHaveBeenCalled();
  expect(said).toHaveBeenCalledTimes(1);
});

test('a second signal, later, ends the process at once', async () => {
  const now = jest.spyOn(performance, 'now');
  await stopBy(() => {
    now.mockReturnValue(5000);
    process.emit('SIGINT', 'SIGINT');
    now.mockReturnValue(6000);
    process.emit('SIGINT', 'SIGINT');
  });
  expect(exit).toHaveBeenCalledWith(130);
});

test('what an action throws of the signal is said in its own words, with 130', async () => {
  const stopped = (signal: AbortSignal): Command =>
    new Command('test').action(() => {
      process.emit('SIGINT', 'SIGINT');
      signal.throwIfAborted();
    });
  await runCommand(stopped, 'Stopped. What is finished is kept.');
  expect(said).toHaveBeenLastCalledWith('Stopped. What is finished is kept.');
  expect(process.exitCode).toBe(130);
});

test('says how to see more of an error that nobody expected, as a sentence of its own', async () => {
  const fails = (): Command =>
    new Command('test').action(() => {
      throw new TypeError('x is not\n a function');
    });
  await runCommand(fails);
  expect(said).toHaveBeenLastCalledWith(
    expect.stringMatching(/^\S*error:\S* x is not a function\. Set LUNGSEG_DEBUG=1 to see where\.$/),
  );
  expect(process.exitCode).toBe(1);
});

test('an error is one line that begins as those of infer:run, with 1', async () => {
  await runCommand(() =>
    new Command('test').action(() => Promise.reject(new InvalidArgumentError('one\n  two.'))),
  );
  expect(said).toHaveBeenLastCalledWith(expect.stringMatching(/^\S*error:\S* one two\.$/));
  expect(process.exitCode).toBe(1);
});
