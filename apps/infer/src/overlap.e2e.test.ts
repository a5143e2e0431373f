import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@jest/globals';
import { createGeometry, createVolume } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';
import { app, PLAIN, withModel } from './testing/infer-command.js';

withModel('the image is read while the weights are loaded: each begins before the other ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lungseg-overlap-'));
  try {
    const log = join(folder, 'events');
    await writeFile(log, '');
    const image = createVolume(
      Int16Array.from({ length: 4096 }, (_, n) => (n % 1000) - 1000),
      createGeometry({ size: [16, 16, 16] }),
    );
    await writeVolume(join(folder, 'ct.nii.gz'), image);
    // Where one waited for the other, that would end before the other begins, however long either takes.
    const probe = pathToFileURL(join(app, 'src/testing/overlap-probe.mjs')).href;
    const command = [
      `--import=${probe}`,
      join(app, 'dist/main.js'),
      '--input=ct.nii.gz',
      '--output=m.nii.gz',
    ];
    const { status, stderr } = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      env: { ...PLAIN, INIT_CWD: folder, OVERLAP_LOG: log },
    });
    expect([status, stderr]).toEqual([0, '']);
    const events = new Set((await readFile(log, 'utf8')).trim().split('\n'));
    expect([...events].slice(0, 2).sort()).toEqual(['loading begins', 'reading begins']);
    expect([...events].slice(2).sort()).toEqual(['loading ends', 'reading ends']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
