import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll, type PackedPackage } from './packed-packages.js';

const require = createRequire(import.meta.url);

let folder: string;
let project: string;
let packages: PackedPackage[];

/** A pipeline as another project would write it, in the words of either kind of module. */
const pipeline = (imports: string): string => `${imports}
const geometry = createGeometry({ size: [40, 40, 8], spacing: [0.8, 0.8, 5] });
const image = createVolume(Float32Array.from({ length: 12800 }, (_, n) => n % 1000 - 1000), geometry);
const label = createVolume(new Uint8Array(12800).fill(1), geometry, 'label');
const transforms = [
  randomCropByLabel({ size: [32, 32, 8], foregroundProbability: 0.75, fill: -1024 }),
  randomFlip({ probability: 0.5 }),
  scaleIntensityRange({ from: [-1500, 500], to: [0, 1], clip: true }),
];
lastValueFrom(from([traceSample('case', { image, label })]).pipe(applyTransforms(transforms, { seed: 1 }))).then(({ volumes }) => {
  console.log(volumes.image.geometry.size.join('x'), volumes.image.data.every((v) => v >= 0 && v <= 1));
});
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-packages-'));
  packages = packAll(folder);
  project = join(folder, 'project');
  mkdirSync(project);
  const dependencies = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]));
  // The packages need each other at a version that no registry has: all of them come from their files.
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'elsewhere',
      private: true,
      dependencies: {
        ...dependencies,
        '@tensorflow/tfjs-core': '4.22.0',
        '@types/node': '^20',
        rxjs: '^7.8.2',
      },
      overrides: dependencies,
    }),
  );
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--prefer-offline'],
    { cwd: project, stdio: 'pipe' },
  );
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (file: string, content: string): string => {
  writeFileSync(join(project, file), content);
  return execFileSync(process.execPath, [file], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  }).trim();
};

describe('the packed packages', () => {
  test('publint has nothing to say of them', async () => {
    for (const { name, folder: pkgDir } of packages) {
      const { messages } = await publint({ pkgDir, strict: true });
      const manifest = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8')) as object;
      expect([name, ...messages.map((message) => formatMessage(message, manifest))]).toEqual([name]);
    }
  });

  test('are the types wrong? finds none, from CommonJS, ESM and bundlers', async () => {
    for (const { name, tarball } of packages) {
      const data = new Uint8Array(readFileSync(tarball));
      const result = await checkPackage(createPackageFromTarballData(data));
      const problems = result.types === false ? ['no types'] : result.problems;
      // Resolution of Node 10, which reads `main` and `types`, is of no use to packages that need Node 20.
      const counted = problems.filter(
        (problem) =>
          typeof problem === 'string' ||
          !('resolutionKind' in problem) ||
          problem.resolutionKind !== 'node10',
      );
      expect([name, ...counted]).toEqual([name]);
    }
  });

  test('have no side effects to keep, explicit exports, a README and a licence', () => {
    for (const { name, folder: source } of packages) {
      const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      expect([name, manifest['sideEffects'], manifest['license']]).toEqual([name, false, 'Apache-2.0']);
      expect(Object.keys(manifest['exports'] as object)).toContain('.');
      expect(readFileSync(join(project, 'node_modules', name, 'README.md'), 'utf8').length).toBeGreaterThan(
        200,
      );
    }
  });
});

describe('another project', () => {
  test('runs a pipeline from CommonJS', () => {
    const imports = `const { createGeometry, createVolume } = require('@lungseg/core');
const { applyTransforms, randomCropByLabel, randomFlip, scaleIntensityRange, traceSample } = require('@lungseg/transforms');
const { from, lastValueFrom } = require('rxjs');`;
    expect(run('pipeline.cjs', pipeline(imports))).toBe('32x32x8 true');
  });

  test('runs it from ESM, with the same result', () => {
    const imports = `import { createGeometry, createVolume } from '@lungseg/core';
import { applyTransforms, randomCropByLabel, randomFlip, scaleIntensityRange, traceSample } from '@lungseg/transforms';
import { from, lastValueFrom } from 'rxjs';`;
    expect(run('pipeline.mjs', pipeline(imports))).toBe('32x32x8 true');
  });

  test('gets the same names from every package by require and by import', () => {
    const names = JSON.stringify(packages.map(({ name }) => name));
    const output = run(
      'names.mjs',
      `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const name of ${names}) {
  const [esm, cjs] = [Object.keys(await import(name)), Object.keys(require(name))].map((keys) => keys.sort().join());
  console.log(name, esm.length > 0 && esm === cjs);
}`,
    );
    expect(output.split('\n')).toEqual(packages.map(({ name }) => `${name} true`));
  });

  test('gets types of both kinds', () => {
    const source = `import { randomFlip } from '@lungseg/transforms';
import type { Transform } from '@lungseg/core';
export const named: Transform<never>['name'] = randomFlip({ probability: 0.5 }).name;
// @ts-expect-error a probability is a number
randomFlip({ probability: 'often' });
`;
    writeFileSync(join(project, 'typed.mts'), source);
    writeFileSync(join(project, 'typed.cts'), source);
    const tsc = require.resolve('typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    execFileSync(process.execPath, [tsc, ...flags, 'typed.mts', 'typed.cts'], {
      cwd: project,
      stdio: 'pipe',
    });
  });

  test('bundles the transforms for a browser, without a module of Node', async () => {
    const { outputFiles, metafile } = await build({
      stdin: {
        contents: pipeline(`import { createGeometry, createVolume } from '@lungseg/core';
import { applyTransforms, randomCropByLabel, randomFlip, scaleIntensityRange, traceSample } from '@lungseg/transforms';
import { from, lastValueFrom } from 'rxjs';`),
        resolveDir: project,
      },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      minify: true,
      write: false,
      metafile: true,
    });
    const external = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    );
    expect(external).toEqual([]);
    expect(run('bundle.mjs', outputFiles[0]!.text)).toBe('32x32x8 true');
  });
});
