import { openPath } from './open-path.js';

/**
 * The files on disk that {@link readVolume} reads a path from, in an order of their own: all of a folder, a MetaImage header
 * and the file of its voxels, the series for which one slice of DICOM stands; else the path itself. What names or
 * caches an image by its content has to look at all of them.
 *
 * @param path a file or a folder
 * @returns their paths; none for an empty folder
 * @throws ReadError when the path leads nowhere, or the file of its voxels is missing
 * @throws UnsupportedError when a header names a file elsewhere
 * @example
 * const paths = await filesReadFrom('scan.mhd'); // ['scan.mhd', 'scan.raw']
 */
export async function filesReadFrom(path: string): Promise<string[]> {
  return (await openPath(path)).files.map((file) => file.path);
}
