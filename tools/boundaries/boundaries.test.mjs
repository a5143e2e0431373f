// Lints imports that nobody has written, as if they stood in a package, with the workspace's own configuration.
import assert from 'node:assert/strict';
import path from 'node:path';
import test, { before } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { boundaries, projectTags } from './constraints.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const BOUNDARIES = '@nx/enforce-module-boundaries';

/** @type {ESLint} */
let linter;

before(() => {
  // Without type information: the rules at hand need none, and the files don't exist.
  linter = new ESLint({
    cwd: root,
    overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
  });
});

/**
 * @param {string} project its folder
 * @param {string} code
 * @param {string} [file] relative to the project's src/
 */
async function lint(project, code, file = 'made-up.ts') {
  const [result] = await linter.lintText(code, { filePath: path.join(root, project, 'src', file) });
  assert.ok(result, `${project}/src/${file} is ignored by the configuration`);
  return result.messages.map(({ ruleId, message }) => ({ ruleId, message }));
}

const use = (/** @type {string} */ from) => `import { a } from '${from}';\nexport const b = a;\n`;

/** @type {[project: string, from: string, rule: string, message: RegExp][]} */
const FORBIDDEN = [
  ['packages/core', '@lungseg/io', BOUNDARIES, /Circular dependency between "core" and "io"/],
  [
    'packages/backend',
    '@lungseg/networks',
    BOUNDARIES,
    /Circular dependency between "backend" and "networks"/,
  ],
  [
    'packages/networks',
    '@lungseg/transforms',
    BOUNDARIES,
    /"type:networks" can only depend on libs tagged with "type:core", "type:backend"/,
  ],
  ['packages/losses', '@lungseg/networks', BOUNDARIES, /"type:losses" can only depend on/],
  ['packages/transforms', '@lungseg/io', BOUNDARIES, /"type:transforms" can only depend on/],
  ['packages/metrics', '@lungseg/losses', BOUNDARIES, /"type:metrics" can only depend on/],
  ['packages/visualize', '@lungseg/metrics', BOUNDARIES, /"type:visualize" can only depend on/],
  ['packages/inferers', '@lungseg/networks', BOUNDARIES, /"type:inferers" can only depend on/],
  ['packages/data', '@lungseg/trainer', BOUNDARIES, /"type:data" can only depend on|Circular dependency/],
  ['packages/trainer', '@lungseg/networks', BOUNDARIES, /"type:trainer" can only depend on/],
  ['packages/models', '@lungseg/trainer', BOUNDARIES, /"type:models" can only depend on/],
  ['packages/models', '@lungseg/backend', BOUNDARIES, /"type:models" can only depend on/],
  [
    'packages/trainer',
    '@lungseg/infer',
    BOUNDARIES,
    /"type:trainer" can only depend on|Only packages defined in the "package.json"/,
  ],
  [
    'apps/infer',
    '@lungseg/train',
    BOUNDARIES,
    /"type:app" can only depend on|Only packages defined in the "package.json"/,
  ],
  [
    'packages/networks',
    '../../losses/src/index.js',
    BOUNDARIES,
    /Projects cannot be imported by a relative or absolute path/,
  ],
  ['packages/io', 'rxjs', BOUNDARIES, /"type:io" is not allowed to import "rxjs"/],
  ['packages/inferers', 'rxjs/operators', BOUNDARIES, /not allowed to import "rxjs\/operators"/],
  ['packages/transforms', 'itk-wasm', BOUNDARIES, /"type:transforms" is not allowed to import "itk-wasm"/],
  ['apps/infer', '@itk-wasm/dicom', BOUNDARIES, /"type:app" is not allowed to import "@itk-wasm\/dicom"/],
  [
    'packages/trainer',
    '@tensorflow/tfjs-node-gpu',
    BOUNDARIES,
    /"type:trainer" is not allowed to import "@tensorflow\/tfjs-node-gpu"/,
  ],
  ['tools/conformance', '@tensorflow/tfjs-node-gpu', BOUNDARIES, /"type:tool" is not allowed to import/],
  [
    'packages/core',
    '@tensorflow/tfjs-core',
    BOUNDARIES,
    /"type:core" is not allowed to import "@tensorflow\/tfjs-core"/,
  ],
  [
    'packages/losses',
    'a-package-that-nobody-declares',
    BOUNDARIES,
    /Only packages defined in the "package.json" can be imported/,
  ],
  ['packages/visualize', 'node:fs', '@typescript-eslint/no-restricted-imports', /runs in browsers, too/],
  ['packages/core', 'node:fs', '@typescript-eslint/no-restricted-imports', /runs in browsers, too/],
  ['packages/transforms', 'path', '@typescript-eslint/no-restricted-imports', /runs in browsers, too/],
];

for (const [project, from, rule, message] of FORBIDDEN) {
  test(`${project} may not import ${from}`, async () => {
    // An import that is both undeclared and forbidden is reported for each.
    const found = (await lint(project, use(from))).filter(({ ruleId }) => ruleId === rule);
    assert.ok(
      found.some((report) => message.test(report.message)),
      `${rule} should say ${message}. Received: ${JSON.stringify(found)}`,
    );
  });
}

test('an import() is held to the same directions as an import', async () => {
  const found = await lint('packages/metrics', `export const a = await import('@itk-wasm/image-io');\n`);
  assert.ok(
    found.some(
      ({ ruleId, message }) =>
        ruleId === BOUNDARIES && message.includes('not allowed to import "@itk-wasm/image-io"'),
    ),
  );
});

/** @type {[project: string, from: string, file?: string][]} */
const ALLOWED = [
  ['packages/backend', '@lungseg/core'],
  ['packages/io', '@itk-wasm/image-io'],
  ['packages/io', 'node:fs'],
  ['packages/transforms', 'rxjs'],
  ['packages/networks', '@lungseg/backend'],
  ['packages/networks', '@tensorflow/tfjs-core'],
  ['packages/backend', '@tensorflow/tfjs-node-gpu'],
  ['packages/models', '@lungseg/backend', 'made-up.test.ts'],
  ['packages/transforms', 'node:fs', 'made-up.int.test.ts'],
  ['apps/train', '@lungseg/trainer'],
  ['tools/conformance', '@lungseg/networks'],
];

for (const [project, from, file] of ALLOWED) {
  test(`${project} may import ${from}${file === undefined ? '' : ` in ${file}`}`, async () => {
    assert.deepEqual(await lint(project, use(from), file), []);
  });
}

/** @type {[what: string, project: string, code: string, rule: string][]} */
const BANNED = [
  [
    'Math.random in a package',
    'packages/transforms',
    'export const a = Math.random();\n',
    'no-restricted-properties',
  ],
  ['console in a package', 'packages/io', "console.log('a');\n", 'no-console'],
  ['a default export', 'packages/core', 'export default 1;\n', 'no-restricted-syntax'],
  [
    'a default export by another form',
    'packages/core',
    'const a = 1;\nexport { a as default };\n',
    'no-restricted-syntax',
  ],
  ['any', 'packages/core', 'export const a: any = 1;\n', '@typescript-eslint/no-explicit-any'],
];

for (const [what, project, code, rule] of BANNED) {
  test(`${what} is an error`, async () => {
    assert.deepEqual(
      (await lint(project, code)).map(({ ruleId }) => ruleId),
      [rule],
    );
  });
}

test('apps print', async () => {
  assert.deepEqual(await lint('apps/infer', "console.log('a');\n"), []);
});

test('every project has the two tags, each known to a constraint, and no constraint is for all', () => {
  const known = boundaries().depConstraints.map(({ sourceTag }) => sourceTag);
  assert.ok(!known.includes('*'));
  for (const [project, tags] of projectTags()) {
    assert.deepEqual(
      tags.map((tag) => tag.split(':')[0]),
      ['type', 'runtime'],
      `${project} should have a tag type: and a tag runtime:`,
    );
    for (const tag of tags)
      assert.ok(known.includes(tag), `${project} has the tag ${tag}, which no constraint knows`);
  }
});
