// Builds the package in the current folder into dist/: ESM and declarations by tsc, CommonJS by esbuild.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
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
  copyDeclarations('dist', 'dist/types-cjs');
}

/** TypeScript tells what kind of module a declaration is by the nearest package.json, so CommonJS needs its own copy. */
function copyDeclarations(from, to) {
  const declarations = readdirSync(from, { recursive: true }).filter((path) => path.endsWith('.d.ts'));
  for (const path of declarations) cpSync(join(from, path), join(to, path));
  writeFileSync(join(to, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
}
