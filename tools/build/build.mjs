// Builds the package in the current folder: ESM and declarations by tsc, CommonJS by esbuild, both into dist/.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.lib.json'], {
  stdio: 'inherit',
});

if (manifest.main !== undefined && existsSync('src/index.ts')) {
  await build({
    entryPoints: ['src/index.ts'],
    outfile: manifest.main,
    bundle: true,
    packages: 'external',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
    // CommonJS has no import.meta; the code that asks for it falls back to __dirname.
    logOverride: { 'empty-import-meta': 'silent' },
  });
}
