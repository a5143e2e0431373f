/** Signals that come this soon after the first are the same one, told by another. */
const SAME_WISH_MS = 1000;

/**
 * Calls back at the first Ctrl-C or SIGTERM. Another one a second or more later ends the process at once. One that comes
 * sooner is the same wish: a terminal tells every process of a command, and so does Nx, and a process that is told passes it
 * on to its children. Apps import no apps: infer and train each have this file.
 *
 * @param stop called once at most
 * @returns leaves signals to Node again
 */
export function onStopSignal(stop: () => void): () => void {
  let stoppedAt: number | undefined;
  const hear = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (stoppedAt === undefined) {
      stoppedAt = now;
      stop();
    } else if (now - stoppedAt >= SAME_WISH_MS) process.exit(name === 'SIGTERM' ? 143 : 130);
  };
  process.on('SIGINT', hear).on('SIGTERM', hear);
  return () => void process.off('SIGINT', hear).off('SIGTERM', hear);
}
