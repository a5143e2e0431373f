import { expect, test } from '@jest/globals';
import { withSection } from './benchmarks-page.js';

test('a case rewrites its own section, and no other', () => {
  const page = withSection(withSection(undefined, 'read', 'old'), 'train', 'kept');
  const rewritten = withSection(page, 'read', 'new');
  expect(rewritten).toBe(page.replace('old', 'new'));
  expect(rewritten).toContain('<!-- train -->\n\nkept\n\n<!-- end of train -->\n');
});

test('a section without its end is not guessed at', () =>
  expect(() => withSection('<!-- read -->\n', 'read', 'new')).toThrow('The section "read" has no end'));
