import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadError } from '@lungseg/core';
import { AHNet, type AHNetOptions } from '@lungseg/networks';
import { loadCheckpoint, type Checkpoint } from '@lungseg/trainer';
import { loadConfig, type TrainConfig } from './config.js';
import { RUN_FILES } from './records/run-records.js';

/** A run that was trained, as far as its folder tells. */
export interface TrainedRun {
  readonly folder: string;
  readonly config: TrainConfig;
  readonly checkpoint: Checkpoint;
  readonly checkpointPath: string;
}

/**
 * Opens a run's folder: its config and one of its checkpoints.
 *
 * @param folder absolute
 * @param checkpoint `best`, `last`, or the name of a file in the folder
 * @throws ReadError when the folder is not a run's, or the checkpoint is missing or damaged
 */
export async function openTrainedRun(folder: string, checkpoint: string): Promise<TrainedRun> {
  const path = join(folder, RUN_FILES.config);
  await readFile(path).catch((cause: unknown) => {
    throw new ReadError(
      folder,
      `${folder} is not the folder of a run: it has no ${RUN_FILES.config}. Give one that train:serve has written.`,
      { cause },
    );
  });
  const file = checkpoint.endsWith(ENDING) ? checkpoint : `${checkpoint}${ENDING}`;
  const checkpointPath = join(folder, file);
  const there = (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
  if (!there.includes(file)) {
    const advice =
      there.length === 0
        ? 'It has no checkpoint yet: train on with --resume, or anew.'
        : `It has ${there.join(', ')}. Choose one, for instance by --set checkpoint=${there[0]!.slice(0, -ENDING.length)}.`;
    throw new ReadError(checkpointPath, `${folder} has no ${file}. ${advice}`);
  }
  return {
    folder,
    config: loadConfig(path),
    checkpoint: await loadCheckpoint(checkpointPath),
    checkpointPath,
  };
}

const ENDING = '.safetensors';

/** The weights that validation judges: the moving average, where the run keeps one. */
export function judgedWeights({ averaged, weights }: Checkpoint): Checkpoint['weights'] {
  return averaged ?? weights;
}

/** The network of a checkpoint, with the weights that validation judges. Dispose it when done. */
export function networkOf(checkpoint: Checkpoint): AHNet {
  const network = new AHNet(JSON.parse(checkpoint.network) as AHNetOptions);
  try {
    network.loadStateDict(judgedWeights(checkpoint));
  } catch (error) {
    network.dispose();
    throw error;
  }
  return network;
}
