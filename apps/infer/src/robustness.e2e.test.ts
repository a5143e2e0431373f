import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { app, demo, PLAIN, withModel, type Outcome } from './testing/infer-command.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-robustness-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('infer:robustness', () => {
  withModel('prints a line a form and the table, and writes all results', async () => {
    const { code, stdout, stderr } = await robustness('--json=all.json', '--only=type');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^1\/3 {2}int16 +Dice 1\.0000 .*\n2\/3 {2}float32 .*\n3\/3 {2}float64 .*\n┌/m);
    expect(await written('all.json')).toEqual({ complete: true, forms: ['int16', 'float32', 'float64'] });
  });

  withModel('interrupted, it keeps the forms that are done, and says so', async () => {
    // The first line that begins with a form's number stops it.
    const { code, stderr } = await robustness('--json=part.json', '--only=orientation', /^ 1\/48/m);
    expect(code).toBe(130);
    const [, done] = /^error: Interrupted after (\d+) of 48 forms, which are in .*part\.json\.$/.exec(
      stderr.trim(),
    )!;
    const { complete, forms } = await written('part.json');
    expect([complete, forms.length]).toEqual([false, Number(done)]);
    expect(forms[0]).toBe('stored as RAI');
    expect((await readdir(folder)).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });
});

/** Runs the built command on the demo; interrupts it as Ctrl-C does when its output matches. */
function robustness(json: string, only: string, interruptAt?: RegExp): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const command = [join(app, 'dist/robustness.js'), `--input=${demo}`, json, only];
    const child = spawn(process.execPath, command, { cwd: app, env: { ...PLAIN, INIT_CWD: folder } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const isFirst = interruptAt?.test(stdout) === false;
      stdout += chunk.toString();
      if (isFirst && interruptAt.test(stdout)) child.kill('SIGINT');
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

async function written(name: string): Promise<{ readonly complete: boolean; readonly forms: string[] }> {
  const { complete, results } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
    complete: boolean;
    results: { form: string }[];
  };
  return { complete, forms: results.map(({ form }) => form) };
}
