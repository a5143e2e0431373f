/** Progress: one line a stage, with its time. */

/** @param {number} ms */
export function formatDuration(ms) {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 100_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/**
 * Runs a stage and prints its title and time. A terminal sees the title from the start; elsewhere the line comes whole,
 * as Nx would split it.
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} action
 * @returns {Promise<T>}
 */
export async function stage(title, action) {
  const start = performance.now();
  const isTerminal = process.stdout.isTTY;
  if (isTerminal) process.stdout.write(`${title} … `);
  /** @param {string} ending */
  const end = (ending) => process.stdout.write(`${isTerminal ? '' : `${title} … `}${ending}\n`);
  try {
    const result = await action();
    end(formatDuration(performance.now() - start));
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}
