import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Terminal } from './terminal.js';

/** A terminal, or a pipe, and what was written to both streams, in order. */
function recorded(isTTY: boolean): { readonly terminal: Terminal; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = (): PassThrough => new PassThrough().on('data', (chunk) => chunks.push(String(chunk)));
  const [out, err] = [stream(), Object.assign(stream(), { isTTY, columns: 80 })];
  return { terminal: new Terminal({ out, err }, false), text: () => chunks.join('') };
}

describe('Terminal', () => {
  test('a bar stays below the lines, and says what it counts', () => {
    const { terminal, text } = recorded(true);
    terminal.progress(1, 3, { task: 'robustness', unit: 'form' });
    terminal.line('first');
    expect(text()).toContain('\r\u001b[Kfirst\n');
    expect(text()).toMatch(/first\n.*robustness {4}.*form 1\/3, .* left[^\n]*$/s);
    // The bar's end goes back to where the cursor was saved: below the line, not over it.
    expect(text().lastIndexOf('\u001b7')).toBeGreaterThan(text().indexOf('first\n'));
    terminal.progress(2, 3);
    terminal.line('second');
    expect(text()).toMatch(/second\n.*form 2\/3, [^\n]*$/s);
    terminal.progress(3, 3);
    terminal.line('third');
    expect(text()).toMatch(/third\n$/);
  });

  test('a remark is on stdout, or alone on stderr when quiet', () => {
    for (const isQuiet of [false, true]) {
      const [out, err] = [new PassThrough(), new PassThrough()];
      const terminal = new Terminal({ out, err }, isQuiet);
      terminal.line('line');
      terminal.remark('remark');
      const read = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
      expect([read(out), read(err)]).toEqual(isQuiet ? ['', 'remark\n'] : ['line\nremark\n', '']);
    }
  });

  test('where the output is no terminal, there are lines only', () => {
    const { terminal, text } = recorded(false);
    terminal.progress(1, 3);
    terminal.line('first');
    terminal.endProgress();
    expect(text()).toBe('first\n');
  });
});
