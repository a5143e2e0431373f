import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Sample } from './bench-case.js';

/**
 * Makes this process a contender: it says its name, then does what each line of its standard input asks, and answers
 * each with how long that took.
 *
 * @param name what stands in the table, with a version or setting where that matters
 * @param perform does the work of one request; where it gives an object with a `note`, that stands in the table, and `cpuMs` or
 *   `peakBytes` of one, where the work was another process's, replace this one's
 */
export async function serveTasks(
  name: string,
  perform: (request: unknown) => Promise<unknown>,
): Promise<void> {
  answer({ name });
  for await (const line of createInterface({ input: process.stdin }))
    answer(await sampleOf(() => perform(JSON.parse(line) as unknown)));
}

function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function sampleOf(action: () => Promise<unknown>): Promise<Sample> {
  forgetPeak();
  const before = process.cpuUsage();
  const start = performance.now();
  const result = await action();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const own = (result ?? {}) as { readonly [K in keyof Sample]?: unknown };
  return {
    wallMs,
    cpuMs: typeof own.cpuMs === 'number' ? own.cpuMs : (user + system) / 1000,
    peakBytes: typeof own.peakBytes === 'number' ? own.peakBytes : peakBytes(),
    ...(typeof own.note === 'string' ? { note: own.note } : {}),
  };
}

/** Linux keeps the most memory that a process has held, and lets the process forget it. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Other systems have no such file; `peakBytes` gives null there.
  }
}

function peakBytes(): number | null {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
