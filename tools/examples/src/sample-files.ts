import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createThoraxPhantom, PHANTOM_PRESETS } from '@lungseg/data';
import { writeVolume } from '@lungseg/io';
import { writeDicomSeries } from '@lungseg/testing';

/**
 * Writes what the examples read, by the names that they use: `scan.nii.gz` and `lungs.nii.gz`, a DICOM series in
 * `patient/ct`, and six cases with `dataset.json`. All are small phantoms.
 *
 * @param folder where the examples stand when they run
 */
export async function writeSampleFiles(folder: string): Promise<void> {
  await mkdir(join(folder, 'patient'));
  await mkdir(join(folder, 'my-cases'));
  const training: { image: string; label: string; patient: string }[] = [];
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { image, label } = createThoraxPhantom({ ...PHANTOM_PRESETS.tiny, seed, coverage: 'chest' });
    const [imagePath, labelPath] = [`my-cases/p${seed}.nii.gz`, `my-cases/p${seed}-lungs.nii.gz`];
    await writeVolume(join(folder, imagePath), image);
    await writeVolume(join(folder, labelPath), label);
    training.push({ image: imagePath, label: labelPath, patient: `p${seed}` });
    if (seed > 1) continue;
    await writeVolume(join(folder, 'scan.nii.gz'), image);
    await writeVolume(join(folder, 'lungs.nii.gz'), label);
    const data = Int16Array.from(image.data);
    await writeDicomSeries(join(folder, 'patient/ct'), { ...image, data }, '12-bit');
  }
  const validation = training.splice(5);
  await writeFile(join(folder, 'dataset.json'), JSON.stringify({ training, validation }));
}
