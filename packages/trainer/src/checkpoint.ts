import { readFile } from 'node:fs/promises';
import {
  formatSafetensors,
  parseSafetensors,
  ReadError,
  type NamedArray,
  type StateDict,
} from '@lungseg/core';
import { writeWhole } from './write-whole.js';

/** Everything that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps taken. */
  readonly step: number;
  /** Weights and buffers, PyTorch's layout and names. */
  readonly weights: StateDict;
  /** Their moving average; absent where the run keeps none. */
  readonly averaged?: StateDict;
  readonly optimizer: StateDict;
  /** Best mean validation Dice so far; absent before the first validation. */
  readonly bestDice?: number;
  /** The options of the network, as JSON. */
  readonly network: string;
}

const PARTS = ['weights', 'averaged', 'optimizer'] as const;

/**
 * Writes a checkpoint as one safetensors file: aside first, then renamed, so that a kill at any moment leaves the
 * file before it or this one, whole.
 *
 * @throws an error of the file system, for instance when the disk is full; the file before it stays
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const tensors = new Map<string, NamedArray>();
  for (const part of PARTS) {
    for (const [name, array] of checkpoint[part] ?? []) tensors.set(`${part}/${name}`, array);
  }
  const metadata: Record<string, string> = {
    format: 'lungseg-checkpoint-1',
    step: String(checkpoint.step),
    network: checkpoint.network,
  };
  if (checkpoint.bestDice !== undefined) metadata['bestDice'] = String(checkpoint.bestDice);
  await writeWhole(path, formatSafetensors(tensors, { metadata }));
}

/**
 * Reads what {@link saveCheckpoint} wrote.
 *
 * @throws ReadError when the file is missing, damaged or not a checkpoint
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readFile(path)
    .then(parseSafetensors)
    .catch((cause: unknown) => {
      throw new ReadError(path, `${path} can't be read as a checkpoint: ${messageOf(cause)}`, { cause });
    });
  if (metadata['format'] !== 'lungseg-checkpoint-1') {
    throw new ReadError(path, `${path} is not a checkpoint of lungseg, though it is a safetensors file.`);
  }
  const part = (name: string): Map<string, NamedArray> =>
    new Map(
      [...tensors]
        .filter(([key]) => key.startsWith(`${name}/`))
        .map(([key, a]) => [key.slice(name.length + 1), a]),
    );
  const averaged = part('averaged');
  return {
    step: Number(metadata['step']),
    weights: part('weights'),
    ...(averaged.size > 0 ? { averaged } : {}),
    optimizer: part('optimizer'),
    ...(metadata['bestDice'] === undefined ? {} : { bestDice: Number(metadata['bestDice']) }),
    network: metadata['network'] ?? '{}',
  };
}

const messageOf = (error: unknown): string => (error as Error).message;
