import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { transformSync } from 'esbuild';
import { documentedBlocks } from './pages.js';
import { writeSampleFiles } from './sample-files.js';

const require = createRequire(import.meta.url);
const project = resolve(import.meta.dirname, '..');
/** Inside of the workspace, so that the examples find the packages as the workspace links them. */
const modules = join(project, 'dist/examples');
const blocks = documentedBlocks().map((block) => ({ ...block, name: block.place.replace(/\W+/g, '-') }));

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-examples-'));
  await writeSampleFiles(folder);
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  for (const { name, code, file } of blocks) {
    writeFileSync(join(modules, `${name}.mts`), `${code}\nexport {};\n`);
    const compiled = transformSync(code, { loader: 'ts', format: 'esm' }).code;
    writeFileSync(join(modules, `${name}.mjs`), compiled);
    if (file !== undefined) writeFileSync(join(modules, `${file}.js`), compiled);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the examples of READMEs and guides are well typed', () => {
  const tsc = require.resolve('typescript/bin/tsc');
  const config = join(modules, 'tsconfig.json');
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, include: ['*.mts'] }));
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

test.each(blocks)('$place runs', ({ name }) => {
  const output = execFileSync(process.execPath, [join(modules, `${name}.mjs`)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  expect(output).not.toContain('undefined');
});
