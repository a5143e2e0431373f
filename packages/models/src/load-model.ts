import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSafetensors, ReadError } from '@lungseg/core';
import { AHNet } from '@lungseg/networks';
import { parseModelDescription, type ModelDescription } from './model-description.js';
import { findModelFolder } from './model-folders.js';

/** The name of the file that describes a model. */
export const DESCRIPTION_FILE = 'model.json';

/** A network with its weights, ready for use. */
export interface LoadedModel {
  readonly description: ModelDescription;
  /** Made on tfjs's current backend; dispose it when done. */
  readonly network: AHNet;
}

/**
 * Reads a model's description.
 *
 * @param nameOrFolder a shipped model's name, or a folder that holds a `model.json`
 * @throws ReadError when there is no such model, or its description is damaged
 */
export async function readModelDescription(nameOrFolder: string): Promise<ModelDescription> {
  return descriptionIn(await findModelFolder(nameOrFolder));
}

/**
 * Loads a model: checks its weights' size and SHA-256, builds the network and fills it. Choose the tfjs backend first.
 *
 * @param nameOrFolder a shipped model's name, for instance `ahnet-small`, or a folder that holds a `model.json`
 * @throws ReadError when there is no such model, its description or weights are damaged, or they don't fit each other
 * @example
 * const { description, network } = await loadModel('ahnet-small');
 */
export async function loadModel(nameOrFolder: string): Promise<LoadedModel> {
  const folder = await findModelFolder(nameOrFolder);
  const description = await descriptionIn(folder);
  const path = join(folder, description.weights.file);
  const bytes = await readOrThrow(path);
  checkWhole(path, bytes, description);
  const network = new AHNet(description.network);
  try {
    network.loadStateDict(parseSafetensors(bytes).tensors);
  } catch (cause) {
    network.dispose();
    throw new ReadError(path, `${path} doesn't fit its ${DESCRIPTION_FILE}: ${messageOf(cause)}`, { cause });
  }
  return { description, network };
}

async function descriptionIn(folder: string): Promise<ModelDescription> {
  const path = join(folder, DESCRIPTION_FILE);
  const text = new TextDecoder().decode(await readOrThrow(path));
  try {
    return parseModelDescription(JSON.parse(text));
  } catch (cause) {
    throw new ReadError(path, `${path} can't be used: ${messageOf(cause)}`, { cause });
  }
}

function checkWhole(path: string, bytes: Uint8Array, { weights }: ModelDescription): void {
  if (bytes.byteLength !== weights.bytes) {
    throw damaged(path, `its size should be ${weights.bytes} bytes. Received: ${bytes.byteLength}`);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== weights.sha256) {
    throw damaged(path, `its SHA-256 should be ${weights.sha256}. Received: ${sha256}`);
  }
}

const damaged = (path: string, reason: string): ReadError =>
  new ReadError(path, `The weights ${path} are damaged or were exchanged: ${reason}. Copy the model again.`);

async function readOrThrow(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new ReadError(path, `${path} can't be read: ${messageOf(cause)}.`, { cause });
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
