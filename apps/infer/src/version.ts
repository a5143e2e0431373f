import { readFileSync } from 'node:fs';

/** The program's name and version, as `--version` says them. */
export const programVersion = (): string => `lungseg ${appVersion()}`;

/** The version of this app. */
export function appVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
