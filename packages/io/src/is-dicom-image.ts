import { ReadError } from '@lungseg/core';
import { readDicomHeader } from './dicom-header.js';
import { sourceOfPath } from './node-files.js';

/**
 * Whether a file is DICOM that holds an image: not a segmentation, such as {@link writeVolume} writes, nor a report. Looks at its
 * header alone. What is damaged may have been one.
 *
 * @param path a file
 * @throws ReadError when it can't be opened
 * @example
 * if (await isDicomImage('series/1.dcm')) throw new Error('That is a slice.');
 */
export async function isDicomImage(path: string): Promise<boolean> {
  const source = await sourceOfPath(path, path);
  try {
    const header = await readDicomHeader(source);
    return header?.instance.pixels !== undefined && header.instance.modality !== 'SEG';
  } catch (error) {
    if (error instanceof ReadError) return true;
    throw error;
  }
}
