/**
 * Which project may import what, by the two tags in each package.json's `nx.tags`: `type:` is the project's place
 * among the others, `runtime:` where its code runs (`any`: browsers as well as Node; `node`: Node alone).
 */
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** What each type imports of ours, besides nothing; never sideways. */
const DIRECTIONS = {
  core: [],
  backend: ['core'],
  io: ['core'],
  transforms: ['core'],
  metrics: ['core'],
  visualize: ['core'],
  networks: ['core', 'backend'],
  losses: ['core', 'backend'],
  inferers: ['core', 'backend'],
  data: ['core', 'io', 'transforms'],
  trainer: ['core', 'backend', 'data', 'inferers', 'losses', 'metrics'],
  models: ['core', 'networks'],
};

const LIBRARIES = Object.keys(DIRECTIONS);

/** External packages that only some types may import: everything else is free to whoever declares it. */
const EXTERNALS = [
  { packages: ['itk-wasm', '@itk-wasm/*'], allowed: ['io'] },
  { packages: ['rxjs', 'rxjs/*'], allowed: ['transforms', 'data', 'trainer', 'app'] },
  { packages: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'], allowed: ['backend'] },
  {
    // The union package registers every backend as a side effect; libraries take tfjs-core as a peer.
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs/*'],
    allowed: [],
  },
  {
    // These work on voxels in plain arrays, and serve projects that have no tensor library.
    packages: ['@tensorflow/*'],
    allowed: ['backend', 'networks', 'losses', 'inferers', 'trainer', 'models', 'app', 'tool'],
  },
];

const tag = (/** @type {string} */ type) => `type:${type}`;

/**
 * @param {string} type
 * @param {readonly string[]} targets
 */
function typeConstraint(type, targets) {
  const banned = EXTERNALS.filter(({ allowed }) => !allowed.includes(type)).flatMap(
    ({ packages }) => packages,
  );
  return {
    sourceTag: tag(type),
    onlyDependOnLibsWithTags: targets.map(tag),
    bannedExternalImports: banned,
  };
}

/** The constraints of the second axis: code for browsers stands on nothing that is for Node alone. */
const RUNTIME_CONSTRAINTS = [
  { sourceTag: 'runtime:any', onlyDependOnLibsWithTags: ['runtime:any'] },
  { sourceTag: 'runtime:node', onlyDependOnLibsWithTags: ['runtime:any', 'runtime:node'] },
];

/**
 * The options of `@nx/enforce-module-boundaries`.
 *
 * @param {{ allow?: string[], also?: Record<string, string[]> }} [exceptions] `allow`: imports to let through, as
 *   regular expressions; `also`: further types that a type may import
 */
export function boundaries({ allow = [], also = {} } = {}) {
  return {
    allow,
    depConstraints: [
      ...Object.entries(DIRECTIONS).map(([type, targets]) =>
        typeConstraint(type, [...targets, ...(also[type] ?? [])]),
      ),
      typeConstraint('app', LIBRARIES),
      typeConstraint('tool', [...LIBRARIES, 'tool']),
      ...RUNTIME_CONSTRAINTS,
    ],
    banTransitiveDependencies: true,
    enforceBuildableLibDependency: true,
    // A library that loads a codec lazily in one place may import it eagerly in another.
    checkDynamicDependenciesExceptions: ['.*'],
  };
}

/** The tags of every project, by its folder. */
export function projectTags() {
  return ['packages', 'apps', 'tools']
    .flatMap((folder) => fs.readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((project) => fs.existsSync(path.join(root, project, 'package.json')))
    .map((project) => /** @type {[string, string[]]} */ ([project, tagsOf(project)]));
}

/** @param {string} project its folder */
function tagsOf(project) {
  const text = fs.readFileSync(path.join(root, project, 'package.json'), 'utf8');
  return JSON.parse(text).nx?.tags ?? [];
}

/** The sources of the projects tagged `runtime:any`, for ESLint's `files`. */
export function portableSources() {
  return projectTags()
    .filter(([, tags]) => tags.includes('runtime:any'))
    .map(([project]) => `${project}/src/**/*.ts`);
}

/** Bans Node's modules where browsers run; an `await import()` behind a check of the environment is let through. */
export const restrictedNodeImports = {
  patterns: [
    {
      regex: `^(node:.*|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')}))$`,
      message:
        'This project runs in browsers, too (its tag runtime:any): load it by import() where Node is found.',
      allowTypeImports: true,
    },
  ],
};
