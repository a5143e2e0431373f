const HEAD = `# How long lungseg takes

Written by \`npx nx run bench:run --docs\`, a section a case; a run rewrites the sections of its own cases and leaves the
others. Times are by the clock; beside them stand the time on all cores together, which suffers less from what else a machine
does, and the most memory that the process held. Contenders take turns on the same machine, each in a process of its own.
`;

const start = (name: string): string => `<!-- ${name} -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/**
 * The page with one case's section in place of what stood there, or after the others.
 *
 * @param page the page as it is, or undefined where there is none yet
 */
export function withSection(page: string | undefined, name: string, section: string): string {
  const text = page ?? HEAD;
  const block = `${start(name)}\n\n${section}\n\n${end(name)}\n`;
  const from = text.indexOf(start(name));
  if (from < 0) return `${text}\n${block}`;
  const to = text.indexOf(end(name), from);
  if (to < 0) throw new Error(`The section "${name}" has no end: expected the line ${end(name)}.`);
  return text.slice(0, from) + block + text.slice(to + end(name).length + 1);
}
