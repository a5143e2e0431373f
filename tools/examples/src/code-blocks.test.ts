import { expect, test } from '@jest/globals';
import { codeBlocks } from './code-blocks.js';

const page = `# Title

\`\`\`ts
const a = 1;
\`\`\`

<!-- before:
const ct = read();
-->

\`\`\`ts
show(ct);
\`\`\`

<!-- another comment -->

\`\`\`js
notTypeScript();
\`\`\`

\`\`\`ts
// work.ts
const b = 2;
\`\`\`
`;

test('finds the blocks of TypeScript by their lines, and runs what is hidden before them first', () =>
  expect(codeBlocks('README.md', page)).toEqual([
    { place: 'README.md:3', code: 'const a = 1;\n' },
    { place: 'README.md:11', code: 'const ct = read();\nshow(ct);\n' },
    { place: 'README.md:21', code: '// work.ts\nconst b = 2;\n', file: 'work' },
  ]));

test('a page without any has none', () => expect(codeBlocks('a.md', '# Title\n')).toEqual([]));
