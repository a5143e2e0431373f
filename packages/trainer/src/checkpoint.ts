import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  formatSafetensors,
  parseSafetensors,
  ReadError,
  WriteError,
  type NamedArray,
  type StateDict,
} from '@lungseg/core';
import type { LossScaleState } from './loss-scale.js';
import { writeWhole } from './write-whole.js';

/** Everything that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps taken; with the config's seed it is also the place in the stream of samples and in the schedule. */
  readonly step: number;
  /** Weights and buffers, PyTorch's layout and names. */
  readonly weights: StateDict;
  /** Their moving average; absent where the run keeps none. */
  readonly averaged?: StateDict;
  /** How many updates went into the average; absent without one, and in older checkpoints. */
  readonly averageUpdates?: number;
  readonly optimizer: StateDict;
  /** Best mean validation Dice so far; absent before the first validation. */
  readonly bestDice?: number;
  /** Validations since the best one. */
  readonly validationsSinceBest: number;
  /** Losses of the epoch under way. */
  readonly epochLoss: { readonly sum: number; readonly count: number };
  /** Of dynamic loss scaling; absent where the run has none. */
  readonly lossScale?: LossScaleState;
  /** The options of the network, as JSON. */
  readonly network: string;
  /** What else is to be known of the run, for instance its config and the versions of what made it, as JSON. */
  readonly about: string;
}

const PARTS = ['weights', 'averaged', 'optimizer'] as const;
const FORMAT = 'lungseg-checkpoint-1';

/**
 * Writes a checkpoint as one safetensors file with a SHA-256 of its contents: aside first, then renamed, so that a kill
 * at any moment leaves the file before it or this one, whole.
 *
 * @throws WriteError when the disk is full or the folder can't be written to; the file before it stays
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const tensors = new Map<string, NamedArray>();
  for (const part of PARTS) {
    for (const [name, array] of checkpoint[part] ?? []) tensors.set(`${part}/${name}`, array);
  }
  const metadata: Record<string, string> = {
    format: FORMAT,
    step: String(checkpoint.step),
    validationsSinceBest: String(checkpoint.validationsSinceBest),
    epochLoss: JSON.stringify(checkpoint.epochLoss),
    network: checkpoint.network,
    about: checkpoint.about,
  };
  if (checkpoint.averageUpdates !== undefined) metadata['averageUpdates'] = String(checkpoint.averageUpdates);
  if (checkpoint.bestDice !== undefined) metadata['bestDice'] = String(checkpoint.bestDice);
  if (checkpoint.lossScale !== undefined) metadata['lossScale'] = JSON.stringify(checkpoint.lossScale);
  metadata['sha256'] = hashOf(tensors, metadata);
  await writeWhole(path, formatSafetensors(tensors, { metadata })).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOSPC' ? 'no space is left on the disk' : message;
    throw new WriteError(
      path,
      `${path} can't be written at step ${checkpoint.step}: ${reason}. The checkpoint before it is whole: make room, then go on from it.`,
      { cause },
    );
  });
}

/**
 * Reads what {@link saveCheckpoint} wrote, and checks its SHA-256.
 *
 * @throws ReadError when the file is missing, damaged or not a checkpoint
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readFile(path)
    .then(parseSafetensors)
    .catch((cause: unknown) => {
      throw new ReadError(path, `${path} can't be read as a checkpoint: ${messageOf(cause)}`, { cause });
    });
  if (metadata['format'] !== FORMAT) {
    throw new ReadError(path, `${path} is not a checkpoint of lungseg, though it is a safetensors file.`);
  }
  const { sha256, ...rest } = metadata;
  const found = hashOf(tensors, rest);
  if (sha256 !== found) {
    throw new ReadError(
      path,
      `${path} is damaged: the SHA-256 of its contents should be ${sha256 ?? 'in it'}. Received: ${found}.`,
    );
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
    ...(metadata['averageUpdates'] === undefined
      ? {}
      : { averageUpdates: Number(metadata['averageUpdates']) }),
    optimizer: part('optimizer'),
    ...(metadata['bestDice'] === undefined ? {} : { bestDice: Number(metadata['bestDice']) }),
    validationsSinceBest: Number(metadata['validationsSinceBest']),
    epochLoss: JSON.parse(metadata['epochLoss']!) as Checkpoint['epochLoss'],
    ...(metadata['lossScale'] === undefined
      ? {}
      : { lossScale: JSON.parse(metadata['lossScale']) as LossScaleState }),
    network: metadata['network']!,
    about: metadata['about']!,
  };
}

function hashOf(tensors: StateDict, metadata: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  for (const key of Object.keys(metadata).sort()) hash.update(`${key}\0${metadata[key]}\0`);
  for (const name of [...tensors.keys()].sort()) {
    const { shape, data } = tensors.get(name)!;
    hash.update(`${name}\0${shape.join(',')}\0`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

const messageOf = (error: unknown): string => (error as Error).message;
