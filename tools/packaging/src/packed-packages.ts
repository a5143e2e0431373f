import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packagesFolder = join(dirname(fileURLToPath(import.meta.url)), '../../../packages');

/** A package as it would be published. */
export interface PackedPackage {
  readonly name: string;
  /** Its folder in the workspace. */
  readonly folder: string;
  /** The file that `npm pack` wrote. */
  readonly tarball: string;
}

/** Packs every package of the workspace, built before, into a folder. */
export function packAll(into: string): PackedPackage[] {
  return readdirSync(packagesFolder).map((name) => {
    const folder = join(packagesFolder, name);
    const output = execFileSync('npm', ['pack', '--json', '--pack-destination', into], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename }] = JSON.parse(output) as [{ filename: string }];
    return { name: `@lungseg/${name}`, folder, tarball: join(into, filename) };
  });
}
