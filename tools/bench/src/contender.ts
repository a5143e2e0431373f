import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Sample } from './bench-case.js';

/** A process that does tasks, and says how long each took: see `serveTasks` and peers/peer.py. */
export class Contender {
  private constructor(
    /** What it calls itself. */
    readonly name: string,
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /**
   * Starts a program.
   *
   * @throws with the last line it printed, where it ends before it has said its name
   */
  static async start(command: string, args: readonly string[]): Promise<Contender> {
    const child = spawn(command, args, { stdio: 'pipe' });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined);
    // Rejects where the program can't be started, as `once` does of any emitter that has an error.
    const closed = once(child, 'close');
    closed.catch(() => undefined);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) {
      await closed;
      throw new Error(reasonOf(stderr));
    }
    child.stderr.removeAllListeners('data');
    child.stderr.pipe(process.stderr);
    return new Contender((JSON.parse(first.value) as { name: string }).name, child, lines);
  }

  /** Does one task. */
  async run(request: unknown): Promise<Sample> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.lines.next();
    if (answer.done === true) {
      const { exitCode, signalCode } = await this.#end();
      throw new Error(
        `${this.name} ended in the middle of a task (${signalCode ?? `exit code ${exitCode}`})${signalCode === 'SIGKILL' ? ': the machine may have too little memory' : ''}.`,
      );
    }
    return JSON.parse(answer.value) as Sample;
  }

  /** Ends the program. */
  async stop(): Promise<void> {
    this.child.stdin.end();
    await this.#end();
  }

  /** Waits for the program's end, which may have come already. */
  async #end(): Promise<Pick<ChildProcessWithoutNullStreams, 'exitCode' | 'signalCode'>> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child;
  }
}

/** The line of an error, which Node prints before its own version, and Python last. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.findLast((line) => /^\w*Error: /.test(line)) ?? lines.at(-1)!;
}

/**
 * Starts a case's contender by its file, with arguments behind it where it has some: a module beside the cases, or a script
 * of peers/ where there is a Python.
 */
export async function startContender(contender: string, python: string | undefined): Promise<Contender> {
  const [file, ...args] = contender.split(' ') as [string, ...string[]];
  if (file.endsWith('.js'))
    return Contender.start(process.execPath, [resolve(import.meta.dirname, 'cases', file), ...args]);
  if (python === undefined) throw new Error('LUNGSEG_PYTHON names no Python.');
  return Contender.start(python, [resolve(import.meta.dirname, '../peers', file), ...args]);
}
