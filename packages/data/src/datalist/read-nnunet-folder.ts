import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ReadError, UnsupportedError } from '@lungseg/core';
import { z } from 'zod';
import type { Datalist, DatalistEntry } from './datalist.js';

const Description = z.object({
  channel_names: z.record(z.string(), z.unknown()).optional(),
  modality: z.record(z.string(), z.unknown()).optional(),
  file_ending: z.string().min(1).default('.nii.gz'),
});

/**
 * Lists the cases of an nnU-Net data set: a folder with dataset.json, imagesTr/CASE_0000.nii.gz, labelsTr/CASE.nii.gz and,
 * where there is one, imagesTs. Training cases without a label are an error.
 *
 * @param folder of the data set, for instance Dataset501_Lungs
 * @throws ReadError when the folder, its dataset.json or a label is missing
 * @throws UnsupportedError when images have more than one channel
 * @see nnU-Net's documentation/dataset_format.md
 * @example
 * const { training, test } = await readNnunetFolder('nnUNet_raw/Dataset501_Lungs');
 */
export async function readNnunetFolder(folder: string): Promise<Datalist> {
  const root = resolve(folder);
  const { channel_names: channels, modality, file_ending: ending } = await readDescription(root);
  const count = Object.keys(channels ?? modality ?? { 0: 'CT' }).length;
  if (count !== 1) {
    throw new UnsupportedError(`${folder} must have images of one channel. Received: ${count} channels.`);
  }
  const labels = new Set(await namesIn(join(root, 'labelsTr')));
  const images = await casesIn(join(root, 'imagesTr'), ending);
  if (images.length === 0) {
    throw new ReadError(
      folder,
      `${folder} must have images named imagesTr/CASE_0000${ending}. Received: none.`,
    );
  }
  const training = images.map(({ name, image }): DatalistEntry => {
    const label = `${name}${ending}`;
    if (!labels.has(label)) {
      throw new ReadError(image, `${image} must have a label labelsTr/${label}. Received: none.`);
    }
    return { image, label: join(root, 'labelsTr', label) };
  });
  const test = (await casesIn(join(root, 'imagesTs'), ending)).map(({ image }) => ({ image }));
  return { training, validation: [], test };
}

async function readDescription(root: string): Promise<z.infer<typeof Description>> {
  const path = join(root, 'dataset.json');
  try {
    return Description.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ReadError(
      path,
      `${path} must be the description of an nnU-Net data set. Received: ${missing ? 'no such file' : 'another form'}.`,
      { cause },
    );
  }
}

/** The cases of a folder by name; an image's name ends with the number of its channel. */
async function casesIn(folder: string, ending: string): Promise<{ name: string; image: string }[]> {
  const suffix = `_0000${ending}`;
  return (await namesIn(folder))
    .filter((name) => name.endsWith(suffix))
    .map((name) => ({ name: name.slice(0, -suffix.length), image: join(folder, name) }));
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
