import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSafetensors, type SafetensorsFloat, type StateDict } from '@lungseg/core';
import { AHNet } from '@lungseg/networks';
import { DESCRIPTION_FILE } from './load-model.js';
import { parseModelDescription, type ModelDescription, type ModelDraft } from './model-description.js';

/** Options of {@link saveModel}. */
export interface SaveModelOptions {
  /** How weights are stored; `F32` by default. Half the size is `F16`, or `BF16`. */
  readonly float?: SafetensorsFloat;
  /** The name of the weights' file; `weights.safetensors` by default. */
  readonly file?: string;
}

/**
 * Writes a model's folder: its weights, and a `model.json` with their size and SHA-256. Choose the tfjs backend first:
 * the weights are tried on the network.
 *
 * @param folder where to; made where it isn't there
 * @param draft everything the description says but the weights' file
 * @param state weights and buffers, PyTorch's layout and names
 * @param options how weights are stored
 * @returns the description that was written
 * @throws InvalidArgumentError when the draft is not valid, or the weights don't fit the network it describes
 */
export async function saveModel(
  folder: string,
  draft: ModelDraft,
  state: StateDict,
  options: SaveModelOptions = {},
): Promise<ModelDescription> {
  const { float = 'F32', file = 'weights.safetensors' } = options;
  const bytes = formatSafetensors(state, {
    float,
    metadata: { format: 'pt', model: draft.name, version: draft.version },
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const description = parseModelDescription({ ...draft, weights: { file, sha256, bytes: bytes.byteLength } });
  const network = new AHNet(description.network);
  try {
    network.loadStateDict(state);
  } finally {
    network.dispose();
  }
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, file), bytes);
  await writeWhole(join(folder, DESCRIPTION_FILE), `${JSON.stringify(description, null, 2)}\n`);
  return description;
}

/** Writes a file aside, under a name that no other writer has, flushes it and renames it. */
async function writeWhole(path: string, contents: Uint8Array | string): Promise<void> {
  const aside = `${path}.tmp-${process.pid}-${crypto.randomUUID()}`;
  try {
    await writeFile(aside, contents, { flush: true });
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
