import { basename, dirname, sep } from 'node:path';
import type { DatalistEntry } from '@lungseg/data';
import { readers } from '@lungseg/io';

/** Endings that are no part of a case's name. */
const EXTENSIONS = [...readers.flatMap(({ extensions }) => extensions), '.zip'];
/** Names of files and folders that say nothing of whose they are: the folder around them does. */
const NAMELESS: ReadonlySet<string> = new Set(['image', 'dicom']);

/**
 * Says what to call the cases of a datalist: as their patient; without one as their file, or the folder of an `image` or
 * `dicom`, with as much of its path as tells it from others that would be called the same.
 *
 * @param entries all cases of the datalist, so that what one is called doesn't hang on its fold
 */
export function caseNames(entries: readonly DatalistEntry[]): (entry: DatalistEntry) => string {
  const groups = new Map<string, Set<string>>();
  for (const entry of entries) {
    const name = shortName(entry);
    groups.set(name, (groups.get(name) ?? new Set()).add(caseOf(entry)));
  }
  return (entry) => {
    const name = shortName(entry);
    const others = [...groups.get(name)!].filter((other) => other !== caseOf(entry));
    if (entry.patient !== undefined || others.length === 0) return name;
    return `${name} (${distinctTail(entry.image, others)})`;
  };
}

/** A path's last folder and file without its ending. */
export function placeOf(image: string): string {
  return tailOf(image, 2);
}

const shortName = ({ image, patient }: DatalistEntry): string => patient ?? nameOf(image);

/** Scans of a patient are meant by one name; of no patient, each is a case of its own. */
const caseOf = ({ image, patient }: DatalistEntry): string => (patient === undefined ? image : '');

function nameOf(image: string): string {
  const file = fileOf(image);
  return NAMELESS.has(file.toLowerCase()) ? basename(dirname(image)) : file;
}

function fileOf(image: string): string {
  const file = basename(image);
  const extension = EXTENSIONS.find((ending) => file.toLowerCase().endsWith(ending)) ?? '';
  return file.slice(0, file.length - extension.length);
}

/** The end of a path that no other has, of two parts or more; all of it where only their endings differ. */
function distinctTail(image: string, others: readonly string[]): string {
  for (let parts = 2; parts <= image.split(sep).length; parts++) {
    const tail = tailOf(image, parts);
    if (others.every((other) => tailOf(other, parts) !== tail)) return tail;
  }
  return image;
}

const tailOf = (image: string, parts: number): string =>
  [...dirname(image).split(sep), fileOf(image)].slice(-parts).join('/');
