import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend } from '@lungseg/backend';
import { formatSafetensors, parseSafetensors, Rng, type StateDict } from '@lungseg/core';
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
 * Writes weights for every contender to load: as AH-Net begins with, but with statistics and offsets of batch normalisation as
 * training makes them. Those it begins with, 0 and 1, would let some leave out what others compute.
 *
 * @param folder where the file goes
 * @returns the request
 */
export async function writeAHNetRequest(folder: string): Promise<AHNetRequest> {
  await selectBackend();
  const network = new AHNet(OPTIONS);
  network.loadStateDict(withStatistics(network.stateDict()));
  const weights = join(folder, 'ahnet.safetensors');
  writeFileSync(weights, formatSafetensors(network.stateDict()));
  const onnx = join(folder, 'ahnet.onnx');
  writeFileSync(onnx, exportOnnx(network));
  network.dispose();
  return { weights, onnx, size: INPUT_SIZE };
}

function withStatistics(state: StateDict): StateDict {
  const rng = new Rng(2);
  const draw = (name: string): (() => number) | undefined => {
    if (/running_mean$|\.bias$/.test(name)) return () => rng.uniform(-0.1, 0.1);
    return name.endsWith('running_var') ? () => rng.uniform(0.8, 1.2) : undefined;
  };
  return new Map(
    [...state].map(([name, array]) => {
      const value = draw(name);
      if (value === undefined) return [name, array];
      return [name, { ...array, data: Float32Array.from({ length: array.data.length }, value) }];
    }),
  );
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
