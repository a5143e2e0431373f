/** A block of TypeScript in a page of documentation. */
export interface CodeBlock {
  /** The page, relative to the workspace, and the line of the block's fence. */
  readonly place: string;
  /** What runs: the page's hidden lines before the block, and the block. */
  readonly code: string;
  /** What the block calls its own file, where it begins with a comment such as `// work.ts`: other blocks may load it. */
  readonly file?: string;
}

/** The fence of a block, and right before it, perhaps, a comment that a reader of the page doesn't see. */
const BLOCK = /(?:<!-- before:\n(?<before>[\s\S]*?)\n-->\n+)?^```ts\n(?<block>[\s\S]*?)^```$/gm;

/**
 * Finds the blocks marked `ts` of a page. A comment `<!-- before: ... -->` right before a block holds what the block takes
 * as given: it runs before the block, and the page doesn't show it.
 *
 * @param page its path relative to the workspace, for messages
 * @param text Markdown
 */
export function codeBlocks(page: string, text: string): CodeBlock[] {
  return [...text.matchAll(BLOCK)].map((match) => {
    const { before = '', block = '' } = match.groups ?? {};
    const fence = match.index + match[0].indexOf('```ts');
    const line = text.slice(0, fence).split('\n').length;
    const file = /^\/\/ ([\w-]+)\.ts\n/.exec(block)?.[1];
    return {
      place: `${page}:${line}`,
      code: before === '' ? block : `${before}\n${block}`,
      ...(file === undefined ? {} : { file }),
    };
  });
}
