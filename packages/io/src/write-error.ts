import { WriteError } from '@lungseg/core';

/** Why a file can't be written, and what to do, by Node's code. */
const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder. Give the name of a file',
  ENOTDIR: 'what should be its folder is no folder. Choose another place',
  EEXIST: 'what should be its folder is no folder. Choose another place',
  ENOENT: 'its folder takes no files. Choose another place',
  EACCES: 'permission is denied. Choose a folder that you may write to',
  EPERM: 'permission is denied. Choose a folder that you may write to',
  ENAMETOOLONG: 'its name is too long. Give a shorter one',
  EROFS: 'the disk is read-only. Choose another place',
  ENOSPC: 'no space is left on the disk. Make room, or choose another place',
  EDQUOT: 'your quota of the disk is used up. Make room, or choose another place',
};

/** What the file system said of writing a file, as a sentence that says what to do. */
export function writeErrorOf(path: string, cause: unknown): WriteError {
  if (cause instanceof WriteError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? `${message}. Check the disk, or choose another place`;
  return new WriteError(path, `${path} can't be written: ${reason}.`, { cause });
}
