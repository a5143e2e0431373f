import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';
import { listModels } from '@lungseg/models';
import { DEFAULT_MODEL } from '../arguments.js';

/** The app's folder. */
export const app = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The CT of the demo, and the mask that its lungs have by reference. */
export const demo = join(app, '../../packages/models/demo/lidc-0001.nii.gz');
export const demoReference = join(app, '../../packages/models/demo/lidc-0001-lung.nii.gz');
/** A path in the folder of real CTs beside the checkout, which a test may find or not. */
export const sharedData = (...path: readonly string[]): string =>
  join(process.env['LUNGSEG_SHARED'] ?? join(app, '../../../shared'), 'data', ...path);
/** A test that needs the shipped weights. */
export const withModel = (await listModels()).includes(DEFAULT_MODEL) ? test : test.skip;

/** This process's environment, for output without colours, which Nx asks for. */
export const PLAIN = { ...process.env, NO_COLOR: '1' };

/** How a command ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `infer:run` as Nx does, from a user's folder. */
export function infer(cwd: string, ...args: string[]): Promise<Outcome> {
  return runBuilt('main.js', cwd, args);
}

/** Runs the built `infer:evaluate` as Nx does, from a user's folder. */
export function evaluate(cwd: string, ...args: string[]): Promise<Outcome> {
  return runBuilt('evaluate.js', cwd, args);
}

function runBuilt(script: string, cwd: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(app, 'dist', script), ...args], {
      cwd: app,
      env: { ...PLAIN, INIT_CWD: cwd },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
