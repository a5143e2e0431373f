import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { MalformedOutcome } from './testing/malformed/outcome.js';

jest.setTimeout(600_000);

const root = dirname(dirname(expect.getState().testPath!));

test('each malformed file ends in one clear error, in time and memory, and a good one is read after it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lungseg-test-'));
  try {
    const file = join(folder, 'outcomes.json');
    const page = join(folder, 'malformed-input.md');
    // A process of its own, whose worker may hang or crash without harm to this one.
    const command = [join(root, 'tools/malformed.mjs'), `--json=${file}`, `--table=${page}`];
    const { stderr } = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      // Nx sets FORCE_COLOR; beside NO_COLOR, that makes Node itself warn on stderr.
      env: { ...process.env, FORCE_COLOR: undefined },
    });
    const outcomes = JSON.parse(readFileSync(file, 'utf8')) as MalformedOutcome[];
    expect(
      outcomes.filter(({ outcome }) => outcome === 'wrong').map(({ name, detail }) => `${name}: ${detail}`),
    ).toEqual([]);
    expect(stderr).toBe('');
    expect(outcomes.length).toBeGreaterThan(500);
    expect(new Set(outcomes.map(({ name }) => name)).size).toBe(outcomes.length);
    expect([...new Set(outcomes.map(({ format }) => format))]).toEqual(
      expect.arrayContaining([
        'NIfTI-1',
        'NIfTI-2',
        'NIfTI gzip',
        'NRRD',
        'MHA',
        'DICOM',
        'DICOM sequence',
        'DICOM multi-frame',
        'MHD',
        'zip',
      ]),
    );
    // Row by row, so that a failure shows those that differ: `npx nx run io:malformed` writes them anew.
    const [made, kept] = [page, join(root, '../../docs/malformed-input.md')].map((path) =>
      readFileSync(path, 'utf8').split('\n'),
    );
    expect(made!.filter((row) => !kept!.includes(row))).toEqual([]);
    expect(kept!.filter((row) => !made!.includes(row))).toEqual([]);
    expect(made).toEqual(kept);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
