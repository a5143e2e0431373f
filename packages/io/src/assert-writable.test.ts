import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { assertWritable, makeFolder } from './index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-writable-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('assertWritable', () => {
  test('takes a new file, one that is there, and one in folders that are not yet; and leaves nothing', async () => {
    await writeFile(join(folder, 'old'), 'old');
    for (const path of ['new', 'old', 'a/b/c']) await assertWritable(join(folder, path));
    expect(await readdir(folder)).toEqual(['old']);
  });

  test('refuses a folder, and what lies under a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(assertWritable(folder)).rejects.toThrow(/can't be written: it is a folder\. Give the name/);
    for (const path of ['file/a', 'file/a/b']) {
      await expect(assertWritable(join(folder, path))).rejects.toThrow(
        /can't be written: what should be its folder is no folder\. Choose another place/,
      );
    }
  });

  test('refuses a socket, whose place a file would take', async () => {
    const path = join(folder, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(path, resolve));
    try {
      await expect(assertWritable(path)).rejects.toThrow(/it is a device, a pipe or a socket/);
    } finally {
      server.close();
    }
  });

  test('refuses a file system that takes no files', async () => {
    if (process.platform !== 'linux') return;
    for (const path of ['/proc/lungseg.json', '/proc/lungseg/deeper/a.json']) {
      await expect(assertWritable(path)).rejects.toThrow(/can't be written: .*Choose another place/);
    }
  });
});

describe('makeFolder', () => {
  test('makes those it lies in, and takes one that is there', async () => {
    await makeFolder(join(folder, 'a', 'b', 'c'));
    await makeFolder(join(folder, 'a', 'b', 'c'));
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['c']);
  });

  test('ends with an error under a file, and where a file system takes none', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(folder, 'file', 'a'))).rejects.toThrow(/ENOTDIR/);
    if (process.platform === 'linux')
      await expect(makeFolder('/proc/lungseg/deeper')).rejects.toThrow(/ENOENT/);
  });

  test('is not disturbed by another that makes the same', async () => {
    const path = join(folder, 'x', 'y', 'z');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    await mkdir(join(path, 'there'));
  });
});
