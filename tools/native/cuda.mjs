/** The CUDA 12 packages that the GPU library loads: an extra of its wheel, unpacked beside it. */
import fs from 'node:fs';
import path from 'node:path';
import { exec, lastLine } from './exec.mjs';
import { stage } from './log.mjs';
import { downloadWheel, extraRequirements, extractWheel, wheelVersion } from './wheel.mjs';

/**
 * Unpacks every `nvidia-*` package of the wheel's `and-cuda` extra into `target/nvidia`. In site-packages the library
 * lies in `tensorflow/` and its rpath names `$ORIGIN/../nvidia/<name>/lib`; with `lib/` in that place it finds them.
 * @param {string} python
 * @param {string} wheel
 * @param {string} target
 * @returns {Promise<{ packages: Record<string, string>, known: Record<string, string> }>} versions by package, SHA-256
 *   by path
 */
export async function unpackCuda(python, wheel, target) {
  const script =
    'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\n' +
    'n=next(n for n in z.namelist() if n.endswith(".dist-info/METADATA"))\n' +
    'sys.stdout.write(z.read(n).decode("utf-8"))';
  const { code, stdout, stderr } = await exec(python, ['-c', script, wheel]);
  if (code !== 0) throw new Error(`could not read the wheel's METADATA: ${lastLine(stderr)}`);
  // The library is unpacked by now: free the disk before the next downloads.
  fs.rmSync(wheel);
  const requirements = extraRequirements(stdout, 'and-cuda').filter((name) => name.startsWith('nvidia-'));
  if (requirements.length === 0) throw new Error('the wheel names no CUDA packages');
  /** @type {Record<string, string>} */
  const packages = {};
  /** @type {Record<string, string>} */
  const known = {};
  for (const requirement of requirements) {
    const name = /^[\w-]+/.exec(requirement)?.[0] ?? requirement;
    await stage(`downloading and unpacking ${name}`, async () => {
      const dir = path.join(target, 'downloads', name);
      const file = await downloadWheel(python, requirement, dir);
      packages[name] = wheelVersion(file).version;
      Object.assign(known, await extractWheel(python, file, target, { 'nvidia/': 'nvidia/' }));
      fs.rmSync(dir, { recursive: true, force: true });
    });
  }
  linkNccl(target);
  return { packages, known };
}

/**
 * NCCL is the one package that no rpath names; the library's own folder is looked at, so it is linked there.
 * @param {string} target
 */
function linkNccl(target) {
  const dir = path.join(target, 'nvidia', 'nccl', 'lib');
  if (!fs.existsSync(dir)) return;
  for (const name of fs.readdirSync(dir)) {
    if (name.startsWith('libnccl.so')) {
      fs.symlinkSync(path.join('..', 'nvidia', 'nccl', 'lib', name), path.join(target, 'lib', name));
    }
  }
}
