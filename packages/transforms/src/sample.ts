import { InvalidArgumentError, Rng, ShapeError } from '@lungseg/core';
import type { Json, Sample, Transform, Vec3, Volume } from '@lungseg/core';

/** A transformed sample with the parameters that were drawn for it. */
export interface Transformed<P extends Json = Json> {
  readonly sample: Sample;
  /** Plain JSON; `transform.apply(volume, params)` replays it, `transform.invert?.(volume, params)` undoes it. */
  readonly params: P;
}

/** A transform of several steps, each of which draws its parameters from what the step before gave. */
export interface SampleTransform<P extends Json = Json> extends Transform<P> {
  /** Draws and applies in one pass; what `sampleParams` and `apply` do in two. */
  transformSample(sample: Sample, rng: Rng): Transformed<P>;
}

/**
 * Draws the parameters of a transform and applies them to every volume of a sample.
 *
 * @param transform what to do
 * @param sample volumes by name
 * @param rng where random parameters come from
 * @returns the new sample, with the parameters for replaying and inverting
 * @example
 * const { sample, params } = transformSample(randomFlip({ probability: 0.5 }), { image, label }, new Rng(1));
 */
export function transformSample<P extends Json>(
  transform: Transform<P>,
  sample: Sample,
  rng: Rng,
): Transformed<P> {
  if (isSampleTransform(transform)) return transform.transformSample(sample, rng);
  const params = transform.sampleParams(rng, sample);
  return { sample: replaySample(transform, sample, params), params };
}

/**
 * Applies known parameters of a transform to every volume of a sample.
 *
 * @param transform what to do
 * @param sample volumes by name
 * @param params as drawn before
 */
export function replaySample<P extends Json>(transform: Transform<P>, sample: Sample, params: P): Sample {
  return Object.fromEntries(
    Object.entries(sample).map(([key, volume]) => [key, transform.apply(volume, params, key)]),
  );
}

/**
 * Applies a transform to one volume on its own.
 *
 * @param transform what to do
 * @param volume any volume
 * @param rng where random parameters come from; transforms that draw nothing don't need it
 * @example
 * const mask = transformVolume(compose([threshold({ level: 0.5 }), fillHoles()]), probability);
 */
export function transformVolume<P extends Json>(
  transform: Transform<P>,
  volume: Volume,
  rng = new Rng(0),
): Volume {
  return transformSample(transform, { volume }, rng).sample['volume']!;
}

function isSampleTransform<P extends Json>(transform: Transform<P>): transform is SampleTransform<P> {
  return 'transformSample' in transform;
}

/** The volume whose grid stands for the sample's. */
export function firstVolume(sample: Sample): Volume {
  const first = Object.values(sample)[0];
  if (first === undefined)
    throw new InvalidArgumentError('A sample must have at least one volume. Received: none.');
  return first;
}

/** Refuses a volume of another size than that for which the parameters were drawn. */
export function assertSize(volume: Volume, expected: Vec3): void {
  const { size } = volume.geometry;
  if (size.some((n, axis) => n !== expected[axis])) {
    throw new ShapeError(
      `These parameters were drawn for a volume of ${expected.join(' x ')}. Received one of ${size.join(' x ')}. Resample the volumes of a sample to one grid first.`,
    );
  }
}
