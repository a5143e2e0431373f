import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeBlocks, type CodeBlock } from './code-blocks.js';

const workspace = resolve(import.meta.dirname, '../../..');

/** The pages whose blocks must run: the README of the workspace and of each package, and the guides. */
export function documentationPages(): string[] {
  const readmes = readdirSync(join(workspace, 'packages')).map((name) => `packages/${name}/README.md`);
  const guides = readdirSync(join(workspace, 'docs/guides')).map((name) => `docs/guides/${name}`);
  return ['README.md', ...readmes, ...guides];
}

/** All blocks of {@link documentationPages}. */
export function documentedBlocks(): CodeBlock[] {
  return documentationPages().flatMap((page) =>
    codeBlocks(page, readFileSync(join(workspace, page), 'utf8')),
  );
}
