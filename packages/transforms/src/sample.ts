import { InvalidArgumentError, Rng, ShapeError } from '@lungseg/core';
import type { Json, Sample, Transform, Vec3, Volume } from '@lungseg/core';

/** A transformed sample with the parameters that were drawn for it. */
export interface Transformed<P extends Json = Json> {
  readonly sample: Sample;
  /** Plain JSON; `transform.apply(volume, params)` replays it, `transform.invert?.(volume, params)` undoes it. */
  readonly params: P;
}

/** What {@link invertSample} undoes. */
export interface InvertSampleOptions {
  /**
   * The volumes whose intensities are brought back, too: those that went through the transform. All by default; none,
   * `[]`, for what a network says of the sample.
   */
  readonly valuesOf?: readonly string[];
}

/**
 * A transform of whole samples: of several steps, each of which draws its parameters from what the step before gave, or
 * one that makes other volumes than it gets.
 */
export interface SampleTransform<P extends Json = Json> extends Transform<P> {
  /** Draws and applies in one pass; what `sampleParams` and `apply` do in two. */
  transformSample(sample: Sample, rng: Rng): Transformed<P>;
  /** Applies parameters that were drawn before. */
  replaySample(sample: Sample, params: P): Sample;
  /** Undoes what can be undone, values included. */
  invertSample(sample: Sample, params: P, options?: InvertSampleOptions): Sample;
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
  if (isSampleTransform(transform)) return transform.replaySample(sample, params);
  return mapSample(sample, (volume, key) => transform.apply(volume, params, key));
}

/**
 * Undoes a transform on every volume of a sample that it gave, as far as each step has an inverse: where voxels lie, and
 * the values of intensities. What was clipped, blurred, cut away or drowned in noise stays so.
 *
 * What a network says of a sample went through none of its changes of values: give it as `valuesOf: []`, or each volume
 * to `transform.invert`, which leaves values alone.
 *
 * @param transform what was done
 * @param sample volumes by the names that they had in the result
 * @param params as drawn before
 * @param options whose values to bring back
 * @example
 * const steps = compose([randomFlip({ probability: 0.5 }), shiftIntensity({ offset: 20 })]);
 * const { sample, params } = transformSample(steps, { image, label }, new Rng(1));
 * const original = invertSample(steps, sample, params); // image and label as they were
 * const lungs = invertSample(steps, { lungs: predict(sample.image) }, params, { valuesOf: [] });
 */
export function invertSample<P extends Json>(
  transform: Transform<P>,
  sample: Sample,
  params: P,
  options: InvertSampleOptions = {},
): Sample {
  if (isSampleTransform(transform)) return transform.invertSample(sample, params, options);
  const { valuesOf = Object.keys(sample) } = options;
  return mapSample(sample, (volume, key) =>
    transform.inverts === 'values' && !valuesOf.includes(key)
      ? volume
      : (transform.invert?.(volume, params, key) ?? volume),
  );
}

/** Undoes where a transform has moved voxels; values stay as they are. */
export function invertPlaces<P extends Json>(
  transform: Transform<P>,
  volume: Volume,
  params: P,
  key?: string,
): Volume {
  if (transform.inverts === 'values') return volume;
  return transform.invert?.(volume, params, key) ?? volume;
}

function mapSample(sample: Sample, change: (volume: Volume, key: string) => Volume): Sample {
  return Object.fromEntries(Object.entries(sample).map(([key, volume]) => [key, change(volume, key)]));
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
