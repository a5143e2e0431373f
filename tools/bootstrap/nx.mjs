/** Runs the workspace's own Nx. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

/**
 * @param {string[]} args
 * @param {{ onLine?: (line: string) => void, env?: NodeJS.ProcessEnv }} [options] with onLine, the output is passed
 *   through and each of its lines handed over as well
 * @returns {Promise<number>} the exit code
 */
export function runNx(args, options = {}) {
  const home = path.join(root, 'node_modules', 'nx');
  const { bin } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
  const script = path.join(home, typeof bin === 'string' ? bin : bin.nx);
  const { onLine } = options;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      // No daemon left behind by a one-off command, and lines instead of a full-screen display.
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', ...options.env },
      stdio: onLine ? ['inherit', 'pipe', 'pipe'] : 'inherit',
    });
    if (onLine) {
      passThrough(child.stdout, process.stdout, onLine);
      passThrough(child.stderr, process.stderr, onLine);
    }
    child.on('error', (error) => {
      console.error(`nx could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code === null ? 1 : code));
  });
}

/**
 * @param {import('node:stream').Readable | null} from
 * @param {NodeJS.WritableStream} to
 * @param {(line: string) => void} onLine
 */
function passThrough(from, to, onLine) {
  if (from === null) return;
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (/** @type {string} */ text) => {
    to.write(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() || '';
    lines.forEach(onLine);
  });
  from.on('end', () => rest !== '' && onLine(rest));
}
