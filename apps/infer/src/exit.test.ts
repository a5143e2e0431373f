import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { exitCodeOf } from './exit.js';

let exit: jest.Spied<typeof process.exit>;
const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Runs a command that cleans up for a while after it was interrupted, and sends it signals. */
async function interruptBy(send: () => void): Promise<{ readonly code: number; readonly isClean: boolean }> {
  let isClean = false;
  const code = await exitCodeOf(async (signal) => {
    send();
    await new Promise((resolve) => setTimeout(resolve, 20));
    isClean = true;
    signal.throwIfAborted();
  });
  return { code, isClean };
}

describe('exitCodeOf', () => {
  test('a signal that comes twice at once, from the terminal and from Nx, interrupts once and lets it clean up', async () => {
    const heard: boolean[] = [];
    const found = await interruptBy(() => {
      heard.push(process.emit('SIGINT', 'SIGINT'));
      heard.push(process.emit('SIGINT', 'SIGINT'));
      heard.push(process.emit('SIGTERM', 'SIGTERM'));
    });
    expect(found).toEqual({ code: 130, isClean: true });
    // A signal that nobody hears kills the process.
    expect(heard).toEqual([true, true, true]);
    expect(exit).not.toHaveBeenCalled();
    expect(printed.join('')).toMatch(/^\S*error:\S* Interrupted; nothing was written\.\n$/);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('a second signal, %s, a second later, ends the process at once with %d', async (name, code) => {
    const now = jest.spyOn(performance, 'now');
    await interruptBy(() => {
      now.mockReturnValue(5000);
      process.emit('SIGINT', 'SIGINT');
      now.mockReturnValue(6000);
      process.emit(name, name);
    });
    expect(exit).toHaveBeenCalledWith(code);
  });

  test('hears no signals when the command has ended', async () => {
    await exitCodeOf(() => Promise.resolve());
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([0, 0]);
  });
});
