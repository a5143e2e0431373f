import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend } from '@lungseg/backend';
import { formatSafetensors, parseSafetensors, Rng } from '@lungseg/core';
import { AHNet, exportOnnx, type AHNetOptions } from '@lungseg/networks';

/** The network of the reference system, which MONAI builds in the same way: see peers/ahnet.py. */
const OPTIONS: AHNetOptions = { outChannels: 2, pspBlockNum: 0, upsampleMode: 'trilinear' };

/** Depth, height, width of its input. */
export const INPUT_SIZE = [32, 224, 224] as const;

/** What every contender is given. */
export interface AHNetRequest {
  /** Weights, a state dict as safetensors. */
  readonly weights: string;
  /** The network as an ONNX model. */
  readonly onnx: string;
  /** Depth, height, width; batch 1. */
  readonly size: readonly [number, number, number];
}

/**
 * Writes weights as AH-Net begins with, for every contender to load.
 *
 * @param folder where the file goes
 * @returns the request
 */
export async function writeAHNetRequest(folder: string): Promise<AHNetRequest> {
  await selectBackend();
  const network = new AHNet(OPTIONS);
  const weights = join(folder, 'ahnet.safetensors');
  writeFileSync(weights, formatSafetensors(network.stateDict()));
  const onnx = join(folder, 'ahnet.onnx');
  writeFileSync(onnx, exportOnnx(network));
  network.dispose();
  return { weights, onnx, size: INPUT_SIZE };
}

/** The network that a request names; its file is read. */
export function loadAHNet({ weights }: AHNetRequest): AHNet {
  const network = new AHNet(OPTIONS);
  network.loadStateDict(parseSafetensors(readFileSync(weights)).tensors);
  return network;
}

/** Noise between 0 and 1, as scaled intensities are. */
export function noise(length: number): Float32Array {
  const rng = new Rng(1);
  return Float32Array.from({ length }, () => rng.uniform(0, 1));
}
