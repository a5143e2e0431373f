import { InvalidArgumentError, type Json, type Sample, type Transform } from '@lungseg/core';
import { specOf } from './history.js';
import { invertSample, replaySample, transformSample, type SampleTransform } from './sample.js';

/**
 * Does a transform to some volumes of a sample only. It sees those alone, in the order of the keys; the others stay as
 * they are. A volume without a name, as in `transformVolume`, is taken for one of them.
 *
 * @param keys names of volumes
 * @param transform what to do to them; it must give volumes of the same names
 * @throws InvalidArgumentError when no key is given; by `sampleParams`, when the sample lacks one
 * @example
 * onKeys(['image'], cutOut({ count: 2, size: [32, 32, 8] }));
 */
export function onKeys<P extends Json>(keys: readonly string[], transform: Transform<P>): SampleTransform<P> {
  keys = [...keys];
  if (keys.length === 0) {
    throw new InvalidArgumentError('onKeys must have at least one key. Received: none.');
  }
  const isOurs = (key: string | undefined): boolean => key === undefined || keys.includes(key);
  const chosen = (sample: Sample): Sample => {
    const missing = keys.find((key) => sample[key] === undefined);
    if (missing === undefined) return present(sample);
    const received = Object.keys(sample).join(', ') || 'none';
    throw new InvalidArgumentError(`The sample must have a volume ${missing}. Received: ${received}.`);
  };
  const present = (sample: Sample): Sample =>
    Object.fromEntries(keys.flatMap((key) => (sample[key] === undefined ? [] : [[key, sample[key]]])));
  return {
    name: transform.name,
    options: { keys, transform: specOf(transform) },
    sampleParams: (rng, sample) => transform.sampleParams(rng, chosen(sample)),
    transformSample: (sample, rng) => {
      const result = transformSample(transform, chosen(sample), rng);
      return { sample: putBack(sample, result.sample), params: result.params };
    },
    apply: (volume, params, key) => (isOurs(key) ? transform.apply(volume, params, key) : volume),
    replaySample: (sample, params) => putBack(sample, replaySample(transform, present(sample), params)),
    invert: (volume, params, key) =>
      isOurs(key) ? (transform.invert?.(volume, params, key) ?? volume) : volume,
    invertSample: (sample, params, options) =>
      putBack(sample, invertSample(transform, present(sample), params, options)),
    ...(transform.inverts === undefined ? {} : { inverts: transform.inverts }),
  };
}

/** The sample with those of its volumes that were changed; refuses others. */
function putBack(sample: Sample, changed: Sample): Sample {
  const other = Object.keys(changed).find((key) => sample[key] === undefined);
  if (other !== undefined) {
    throw new InvalidArgumentError(
      `onKeys must have a transform that gives volumes of the same names. Received one that made ${other}. Use it without onKeys: it takes its volume by its own option key.`,
    );
  }
  return { ...sample, ...changed };
}
