import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGeometry, type Geometry, type Mat3, type NamedBytes, type Vec3 } from '@lungseg/core';

/** What itk-wasm reads from files. */
export interface ItkImage {
  readonly geometry: Geometry;
  readonly values: number[];
}

/** Reads files as itk-wasm does: one by its ending, or a list of DICOM slices in ascending order. */
export async function readWithItkWasm(files: readonly NamedBytes[]): Promise<ItkImage> {
  const folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
  try {
    const paths = files.map(({ name }) => join(folder, name));
    for (const [n, path] of paths.entries()) await writeFile(path, files[n]!.bytes);
    const image = paths.every((path) => path.endsWith('.dcm'))
      ? await readSeries(paths)
      : await (await import('@itk-wasm/image-io')).readImageNode(paths[0]!);
    return {
      geometry: createGeometry({
        size: image.size as unknown as Vec3,
        spacing: image.spacing as unknown as Vec3,
        origin: image.origin as unknown as Vec3,
        direction: Array.from(image.direction as Float64Array) as unknown as Mat3,
      }),
      values: Array.from(image.data as ArrayLike<number | bigint>, Number),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readSeries(inputImages: string[]) {
  const { readImageDicomFileSeriesNode } = await import('@itk-wasm/dicom');
  const { outputImage } = await readImageDicomFileSeriesNode({ inputImages, singleSortedSeries: true });
  return outputImage;
}
