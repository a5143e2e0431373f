/** Options of reading that infer:run has, too: packages know no command line. */
const FLAGS: Readonly<Record<string, string>> = {
  assumeHu: '--assume-hu',
  allowGaps: '--allow-gaps',
  series: '--series',
};

/** A text of @lungseg/io with its options called as on the command line. */
export function inFlags(text: string): string {
  return text.replace(/the option (\w+)/g, (whole, name: string) => FLAGS[name] ?? whole);
}
