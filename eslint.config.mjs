// One flat configuration for every project. The directions of imports stand in tools/boundaries/constraints.mjs.
import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { boundaries, portableSources, restrictedNodeImports } from './tools/boundaries/constraints.mjs';
import { ensureProjectGraph } from './tools/boundaries/project-graph.mjs';

// Without the graph the boundaries would be skipped, with no more than a line on the terminal.
await ensureProjectGraph();

/** What the plain scripts use of Node's globals. */
const NODE_GLOBALS = [
  'AbortController',
  'AbortSignal',
  'Buffer',
  'clearInterval',
  'clearTimeout',
  'console',
  'fetch',
  'performance',
  'process',
  'setInterval',
  'setTimeout',
  'TextDecoder',
  'TextEncoder',
  'URL',
];

/** What the scripts of pages use of a browser's globals. */
const BROWSER_GLOBALS = [
  'CSS',
  'document',
  'EventSource',
  'getComputedStyle',
  'matchMedia',
  'Option',
  'ResizeObserver',
  'URLSearchParams',
];

const TENSOR_TYPES = ['Tensor', 'Tensor1D', 'Tensor2D', 'Tensor3D', 'Tensor4D', 'Tensor5D', 'Scalar'].flatMap(
  (name) => [name, `tf.${name}`],
);

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'Export by name: default exports are renamed by each importer.',
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '**/fixtures/**',
      '**/coverage/**',
      'docs/api/**',
      'out/**',
      'runs/**',
      '.nx/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries()],
      // noUncheckedIndexedAccess makes `data[i]` possibly undefined; in a voxel loop the assertion is the cheap answer.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Loops over voxels need their index, for the place in the grid and for speed.
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Exported functions check what callers without types may pass, which the types say can't be.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A transform's parameters are Json, which an interface, being open, is not assignable to.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // tfjs's functions give whichever rank the caller names; `as` names it as well as a type argument does.
      '@typescript-eslint/no-unnecessary-type-assertion': ['error', { typesToIgnore: TENSOR_TYPES }],
      // Keys of a state_dict, a config and the environment read best as they are written there.
      '@typescript-eslint/dot-notation': 'off',
      // tf.variable() gives Variable<R>, which the rule takes for something else.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Strings are spread letter by letter only where they are codes such as LPS.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-restricted-syntax': ['error', noDefaultExport],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: "Draw from core's Rng, so that a seed gives the same result.",
        },
      ],
    },
  },
  {
    // The native binding is an optional dependency, which the rule does not count as declared.
    files: ['packages/backend/src/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries({ allow: ['^@tensorflow/tfjs-node-gpu$'] })],
    },
  },
  {
    // A test of the shipped weights needs a backend to compute on.
    files: ['packages/models/src/**/*.test.ts'],
    rules: { '@nx/enforce-module-boundaries': ['error', boundaries({ also: { models: ['backend'] } })] },
  },
  {
    files: portableSources(),
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', restrictedNodeImports] },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: { globals: Object.fromEntries(NODE_GLOBALS.map((name) => [name, 'readonly'])) },
    rules: {
      eqeqeq: 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    // Scripts of pages run in browsers.
    files: ['apps/*/page/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(BROWSER_GLOBALS.map((name) => [name, 'readonly'])),
    },
  },
  prettier,
);
