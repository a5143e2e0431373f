import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGeometry, createVolume, Rng } from '@lungseg/core';
import { writeVolume } from '@lungseg/io';

/**
 * Writes a datalist of small made cases, and a config for them that trains in seconds.
 *
 * @param folder which is there
 * @returns the path of the config
 */
export async function writeTinyData(folder: string): Promise<string> {
  const training = [await writeCase(folder, 'one', 1), await writeCase(folder, 'two', 2)];
  const validation = [await writeCase(folder, 'three', 3)];
  writeFileSync(join(folder, 'datalist.json'), JSON.stringify({ training, validation }));
  const path = join(folder, 'config.json');
  writeFileSync(
    path,
    JSON.stringify({
      name: 'tiny',
      output: join(folder, 'runs', 'tiny'),
      network: { width: 0.0625, layers: [1, 1, 1, 1] },
      data: { datalist: join(folder, 'datalist.json') },
      preprocessing: { spacing: [1, 1, 1] },
      crop: { size: [32, 32, 32] },
      augmentation: { flip: [0.5, 0.5, 0.5], noiseHu: 20 },
      optimizer: { learningRate: 0.001 },
      epochs: 2,
      stepsPerEpoch: 3,
      validateEveryEpochs: 2,
      averageDecay: 0.9,
    }),
  );
  return path;
}

/** A ball of lung in a box of tissue, in a folder of its own as infer:evaluate takes it. */
async function writeCase(folder: string, name: string, seed: number): Promise<object> {
  const geometry = createGeometry({ size: [64, 64, 64] });
  const rng = new Rng(seed);
  const centre = [rng.uniform(26, 38), rng.uniform(26, 38), rng.uniform(26, 38)] as const;
  const label = Uint8Array.from({ length: 64 ** 3 }, (_, n) => {
    const [x, y, z] = [n % 64, Math.floor(n / 64) % 64, Math.floor(n / 4096)];
    return (x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2 < 400 ? 1 : 0;
  });
  const image = Int16Array.from(label, (value) => (value === 1 ? -800 : 40) + Math.round(rng.normal(0, 30)));
  const files = { image: `cases/${name}/image.nii.gz`, label: `cases/${name}/lung.nii.gz` };
  await writeVolume(join(folder, files.image), createVolume(image, geometry));
  await writeVolume(join(folder, files.label), createVolume(label, geometry, 'label'));
  return { ...files, patient: name };
}
