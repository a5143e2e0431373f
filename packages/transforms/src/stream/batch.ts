import { ShapeError, type Volume } from '@lungseg/core';
import type { OperatorFunction } from 'rxjs';
import { assertCount } from './assert-count.js';
import { openBuffer, PullStream, trampoline } from './pull-stream.js';
import type { TracedSample } from './traced-sample.js';

/** Several samples as arrays of a tensor library. */
export interface Batch {
  /** By name: the voxels of all samples one after another, of shape [N, D, H, W, 1]. */
  readonly tensors: Readonly<Record<string, BatchArray>>;
  /** What went in, in order. */
  readonly samples: readonly TracedSample[];
}

/** Voxels and their shape [N, D, H, W, 1]. */
export interface BatchArray {
  readonly data: Float32Array;
  readonly shape: readonly [number, number, number, number, 1];
}

/** Options of {@link batch}. */
export interface BatchOptions {
  /** Samples in a batch. */
  readonly size: number;
  /** Whether a last batch of fewer is left out; false by default. */
  readonly dropLast?: boolean;
}

/**
 * Puts samples together, in order. Asks for as many as a batch holds when it is asked.
 *
 * @param options how many
 * @returns batches of float32 arrays; fails with a ShapeError where samples differ in size or names
 * @throws InvalidArgumentError when the size is not a positive integer
 * @example
 * samples$.pipe(batch({ size: 2 })); // tensors.image.shape: [2, 32, 224, 224, 1]
 */
export function batch(options: BatchOptions): OperatorFunction<TracedSample, Batch> {
  const { size, dropLast = false } = options;
  assertCount('size', size);
  return (source) =>
    new PullStream<Batch>((sink) => {
      const ask = trampoline(() => {
        const { held, isOver } = buffer;
        if (!isOver && held.length < size) {
          buffer.request();
          return;
        }
        const samples = held.splice(0);
        if (samples.length === 0 || (samples.length < size && dropLast)) {
          sink.complete();
          return;
        }
        let result: Batch;
        try {
          result = stack(samples);
        } catch (error) {
          buffer.cancel();
          sink.error(error);
          return;
        }
        sink.next(result);
      });
      const buffer = openBuffer(source, sink, ask);
      return { request: ask, cancel: () => buffer.cancel() };
    });
}

function stack(samples: readonly TracedSample[]): Batch {
  const [first] = samples;
  const entries = Object.entries(first!.volumes).map(([key, { geometry }]): [string, BatchArray] => {
    const [nx, ny, nz] = geometry.size;
    const data = new Float32Array(samples.length * nx * ny * nz);
    samples.forEach((sample, n) => {
      const volume: Volume | undefined = sample.volumes[key];
      if (volume?.geometry.size.every((length, axis) => length === geometry.size[axis]) !== true) {
        const received = volume === undefined ? 'none' : volume.geometry.size.join(' x ');
        throw new ShapeError(
          `batch: ${sample.name} must have ${key} of ${geometry.size.join(' x ')}, as ${first!.name}. Received: ${received}. Crop or pad to one size first.`,
        );
      }
      data.set(volume.data, n * nx * ny * nz);
    });
    return [key, { data, shape: [samples.length, nz, ny, nx, 1] }];
  });
  return { tensors: Object.fromEntries(entries), samples };
}
