/** The package's own prebuilt download, an older library: for machines where the build from the wheel can't be had. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { exec, lastLine } from './exec.mjs';
import { writeWhole } from './manifest.mjs';
import { packagePlaces, workspaceRoot } from './paths.mjs';

const TIMEOUT_MS = 5 * 60_000;

/** @param {string} packageDir */
function markerFile(packageDir) {
  return path.join(packageDir, 'deps', 'lungseg-prebuilt.json');
}

/**
 * What an earlier prebuilt download left in place.
 * @param {string} packageDir
 * @returns {{ tensorflow: string, variant: 'cpu' | 'gpu' } | undefined}
 */
export function readPrebuilt(packageDir) {
  try {
    if (!fs.existsSync(packagePlaces(packageDir).binding)) return undefined;
    return JSON.parse(fs.readFileSync(markerFile(packageDir), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} packageDir */
export function removePrebuilt(packageDir) {
  fs.rmSync(markerFile(packageDir), { force: true });
}

/**
 * Runs the package's install script for a bounded time.
 * @param {string} packageDir
 * @param {'cpu' | 'gpu'} variant
 * @returns {Promise<{ tensorflow: string, variant: 'cpu' | 'gpu' }>}
 * @throws {Error} when it fails; nothing half-made is left
 */
export async function installPrebuilt(packageDir, variant) {
  // The script edits package.json for a while; ended early, it would leave it edited.
  const packageFile = path.join(packageDir, 'package.json');
  const original = fs.readFileSync(packageFile);
  const bins = [
    path.join(packageDir, 'node_modules', '.bin'),
    path.join(workspaceRoot, 'node_modules', '.bin'),
  ];
  const env = { ...process.env, PATH: [...bins, process.env.PATH].join(path.delimiter) };
  const { binding } = packagePlaces(packageDir);
  try {
    const { code, stdout, stderr, timedOut } = await exec(
      process.execPath,
      ['scripts/install.js', variant, 'download'],
      {
        cwd: packageDir,
        env,
        timeoutMs: TIMEOUT_MS,
      },
    );
    if (timedOut) throw new Error(`no end after ${TIMEOUT_MS / 60_000} minutes`);
    if (code !== 0 || !fs.existsSync(binding)) throw new Error(lastLine(stderr || stdout));
    const load = await exec(process.execPath, ['-e', `require(${JSON.stringify(binding)})`], {
      timeoutMs: 120_000,
    });
    if (load.code !== 0) throw new Error(`it does not load: ${lastLine(load.stderr)}`);
  } catch (error) {
    fs.rmSync(path.join(packageDir, 'deps'), { recursive: true, force: true });
    fs.rmSync(path.join(packageDir, 'lib'), { recursive: true, force: true });
    throw error;
  } finally {
    writeWhole(packageFile, original);
  }
  const { LIBTENSORFLOW_VERSION } = createRequire(packageFile)('./scripts/deps-constants.js');
  const made = { tensorflow: LIBTENSORFLOW_VERSION, variant };
  writeWhole(markerFile(packageDir), JSON.stringify(made));
  return made;
}
