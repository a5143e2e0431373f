import { ReadError } from '@lungseg/core';
import { isOtherFormat } from './other-formats.js';
import type { FileSource } from './file-source.js';

/** A file that isn't DICOM, but may have been a slice. */
export interface LostFile {
  readonly name: string;
  readonly error: ReadError;
  /** The series that it may belong to; empty where that may be any. */
  readonly seriesInstanceUid: string;
}

/** What is known of a file that holds slices. */
export interface SliceFile {
  readonly name: string;
  readonly seriesInstanceUid: string;
}

/** Endings of files that are still being copied, which go when that is done. */
const UNFINISHED = /\.(part|partial|filepart|crdownload|download|tmp)$/i;

/** Files without an ending that lie beside slices on discs and in folders of macOS, whatever is in them. */
const KNOWN_NAMES: ReadonlySet<string> = new Set(['dicomdir', 'icon\r']);

/** What can't be told from a known format, or from text, by these first bytes may be a slice. */
const HEAD_BYTES = 4096;

/**
 * Finds the files that aren't DICOM, but may be slices that were damaged: at an end of a series nobody would miss them.
 *
 * These are files that end like the slices, or that are called like those beside them but for numbers; and beside slices
 * without an ending, files without one that are empty or neither text nor of a format that is known.
 *
 * @param slices the files that hold slices
 * @param others those that aren't DICOM
 */
export async function findLostFiles(
  slices: readonly SliceFile[],
  others: readonly FileSource[],
): Promise<LostFile[]> {
  const folders = new Map<string, SliceFile[]>();
  for (const slice of slices) {
    const folder = folderOf(slice.name);
    const beside = folders.get(folder);
    if (beside === undefined) folders.set(folder, [slice]);
    else beside.push(slice);
  }
  const known = {
    folders,
    endings: new Set(slices.map(({ name }) => endingOf(name))),
    names: new Set(slices.map(({ name }) => name)),
    patterns: new Set(slices.map(({ name }) => patternOf(name))),
  };
  const lost: LostFile[] = [];
  for (const source of others) {
    const reason = await reasonToSuspect(source, known);
    if (reason === undefined) continue;
    const { name } = source;
    const series = new Set(folders.get(folderOf(name))?.map(({ seriesInstanceUid }) => seriesInstanceUid));
    const [only = ''] = series.size === 1 ? series : [];
    const text = `${name} ${reason}. Copy it again, or remove it if it isn't one of them.`;
    lost.push({ name, error: new ReadError(name, text), seriesInstanceUid: only });
  }
  return lost;
}

interface KnownSlices {
  readonly folders: ReadonlyMap<string, readonly SliceFile[]>;
  readonly endings: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly patterns: ReadonlySet<string>;
}

const NAMED_ALIKE = 'is named like the slices beside it, but is not a DICOM file';

async function reasonToSuspect(source: FileSource, slices: KnownSlices): Promise<string | undefined> {
  const { name, size } = source;
  const base = baseOf(name).toLowerCase();
  if (base.startsWith('.') || KNOWN_NAMES.has(base)) return undefined;
  const finished = name.replace(UNFINISHED, '');
  if (finished !== name && slices.names.has(finished)) return undefined;
  const ending = endingOf(finished);
  if (ending !== '') return slices.endings.has(ending) ? NAMED_ALIKE : undefined;
  if (slices.patterns.has(patternOf(finished))) return NAMED_ALIKE;
  const beside = slices.folders.get(folderOf(name)) ?? [];
  if (!beside.some((slice) => endingOf(slice.name) === '')) return undefined;
  if (size > 0 && isOtherFormat(await source.read(0, HEAD_BYTES))) return undefined;
  return 'lies beside the slices and may be one of them, damaged: it is neither DICOM nor of a format that is known';
}

const folderOf = (name: string): string => name.split('/').slice(0, -1).join('/');
const baseOf = (name: string): string => name.split('/').at(-1)!;

/** The letters after the last full stop: a UID has none. */
const endingOf = (name: string): string => /\.[a-z]\w*$/i.exec(baseOf(name))?.[0].toLowerCase() ?? '';

/** A name with its folder, but for numbers, UIDs and hashes. */
const patternOf = (name: string): string =>
  `${folderOf(name)}/${baseOf(name)
    .toLowerCase()
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d+([._-]?\d+)*/g, '#')}`;
