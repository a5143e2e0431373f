import { InvalidArgumentError, type Json, type Sample, type Transform } from '@lungseg/core';
import { specOf } from './history.js';
import { transformSample, type SampleTransform } from './sample.js';

/**
 * Does a transform to some volumes of a sample only. It sees those alone, in the order of the keys; the others stay as
 * they are. A volume without a name, as in `transformVolume`, is taken for one of them.
 *
 * @param keys names of volumes
 * @param transform what to do to them
 * @throws InvalidArgumentError when no key is given; by `sampleParams`, when the sample lacks one
 * @example
 * onKeys(['image'], cutOut({ count: 2, size: [32, 32, 8] }));
 */
export function onKeys<P extends Json>(keys: readonly string[], transform: Transform<P>): SampleTransform<P> {
  if (keys.length === 0) {
    throw new InvalidArgumentError('onKeys must have at least one key. Received: none.');
  }
  const isOurs = (key: string | undefined): boolean => key === undefined || keys.includes(key);
  const chosen = (sample: Sample): Sample =>
    Object.fromEntries(
      keys.map((key) => {
        const volume = sample[key];
        if (volume === undefined) {
          const received = Object.keys(sample).join(', ') || 'none';
          throw new InvalidArgumentError(`The sample must have a volume ${key}. Received: ${received}.`);
        }
        return [key, volume];
      }),
    );
  return {
    name: transform.name,
    options: { keys: [...keys], transform: specOf(transform) },
    sampleParams: (rng, sample) => transform.sampleParams(rng, chosen(sample)),
    transformSample: (sample, rng) => {
      const result = transformSample(transform, chosen(sample), rng);
      return { sample: { ...sample, ...result.sample }, params: result.params };
    },
    apply: (volume, params, key) => (isOurs(key) ? transform.apply(volume, params, key) : volume),
    invert: (volume, params, key) =>
      isOurs(key) ? (transform.invert?.(volume, params, key) ?? volume) : volume,
  };
}
