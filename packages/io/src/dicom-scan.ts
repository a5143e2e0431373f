import { isLungsegError, ReadError } from '@lungseg/core';
import type { DataSet } from 'dicom-parser';
import { framesOf } from './dicom-frames.js';
import { readDicomHeader, withoutDamage, type DicomInstance } from './dicom-header.js';
import { CT_IMAGE, isOfClass, reasonToPassOver } from './dicom-series.js';
import type { FileSource } from './file-source.js';
import { findLostFiles } from './lost-files.js';

/** How many headers are read at once. */
const HEADERS_AT_ONCE = 16;

/** Why a file that isn't DICOM is passed over. */
export const NOT_DICOM = 'not DICOM';

/** A file, or an image of one, that is no slice of a CT. */
export interface PassedOver {
  readonly name: string;
  /** In words for a user. */
  readonly reason: string;
  /** Its header, where it is DICOM. */
  readonly instance?: DicomInstance;
}

/** A file of DICOM that is damaged. */
export interface DamagedFile {
  readonly name: string;
  readonly error: Error;
  /** Empty where the damage hides it. */
  readonly seriesInstanceUid: string;
}

/** What lies among files. */
export interface DicomScan {
  /** Slices of CTs. */
  readonly instances: readonly DicomInstance[];
  readonly passedOver: readonly PassedOver[];
  readonly damaged: readonly DamagedFile[];
}

/** Reads the headers of all files, and sorts out the slices of CTs. */
export async function scanDicom(sources: readonly FileSource[], signal?: AbortSignal): Promise<DicomScan> {
  const scan = {
    instances: [] as DicomInstance[],
    passedOver: [] as PassedOver[],
    damaged: [] as DamagedFile[],
  };
  const others: FileSource[] = [];
  for (let start = 0; start < sources.length; start += HEADERS_AT_ONCE) {
    signal?.throwIfAborted();
    const some = sources.slice(start, start + HEADERS_AT_ONCE);
    const files = await Promise.all(some.map(readImages));
    for (const { instances, passedOver, damaged, other } of files) {
      scan.instances.push(...instances);
      scan.passedOver.push(...passedOver);
      if (damaged !== undefined) scan.damaged.push(damaged);
      if (other !== undefined) others.push(other);
    }
  }
  const slices = scan.instances.map(({ source: { name }, seriesInstanceUid }) => ({
    name,
    seriesInstanceUid,
  }));
  const lost = await findLostFiles(slices, others);
  const names = new Set(lost.map(({ name }) => name));
  for (const { name } of others) if (!names.has(name)) scan.passedOver.push({ name, reason: NOT_DICOM });
  return { ...scan, damaged: [...scan.damaged, ...lost] };
}

interface Images {
  readonly instances: readonly DicomInstance[];
  readonly passedOver: readonly PassedOver[];
  readonly damaged?: DamagedFile;
  /** The file, where it isn't DICOM. */
  readonly other?: FileSource;
}

async function readImages(source: FileSource): Promise<Images> {
  const { name } = source;
  let seriesInstanceUid = '';
  try {
    const header = await readDicomHeader(source);
    if (header === undefined) return { instances: [], passedOver: [], other: source };
    ({ seriesInstanceUid } = header.instance);
    checkNotCut(header.instance);
    const images = withoutDamage(name, () => framesOf(header)).map((instance) => ({
      instance,
      reason: reasonToPassOver(instance),
    }));
    return {
      instances: images.filter(({ reason }) => reason === undefined).map(({ instance }) => instance),
      passedOver: images.flatMap(({ instance, reason }) =>
        reason === undefined ? [] : [{ name: instance.name, reason, instance }],
      ),
    };
  } catch (error) {
    if (!isLungsegError(error)) throw error;
    return {
      instances: [],
      passedOver: [],
      damaged: { name, error, seriesInstanceUid: seriesInstanceUid || seriesOf(error) },
    };
  }
}

/** The series of a damaged file, as far as its header could be read. */
function seriesOf({ cause }: Error): string {
  const { dataSet } = (cause ?? {}) as { readonly dataSet?: DataSet };
  try {
    return dataSet?.string('x0020000e')?.trim() ?? '';
  } catch {
    // The file is cut within this very value.
    return '';
  }
}

/** A CT slice that ends before its pixels must not drop out as a file without an image. */
function checkNotCut({ name, sopClassUid, pixels }: DicomInstance): void {
  if (pixels !== undefined) return;
  if (sopClassUid !== '' && !isOfClass(sopClassUid, CT_IMAGE)) return;
  throw new ReadError(
    name,
    `${name} is a damaged DICOM file: it ends before its pixels. Copy or export it again.`,
  );
}
