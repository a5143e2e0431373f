import type { Transform } from '@lungseg/core';
import { assertHistory, specOf, type History, type TransformRecord } from './history.js';
import { nameErrors } from './transform-error.js';
import { invertPlaces, invertSample, replaySample, transformSample, type SampleTransform } from './sample.js';

/**
 * Several transforms, one after another. Its parameters are the history of what was done: they replay exactly, and
 * `invert` undoes what moved voxels on a mask or a map of probabilities; steps that change values are passed over. For
 * samples that went through the steps {@link invertSample} undoes values, too.
 *
 * `sampleParams` has to apply the steps to know what the later ones see: {@link transformSample} does both in one pass.
 *
 * @param steps transforms, in order; may be compositions themselves
 * @throws InvalidArgumentError when a step has no options; by `apply` and `invert`, when the parameters were drawn for other
 *   steps, or for steps with other options. Errors of a step begin with its name
 * @see MONAI `Compose`
 * @example
 * const path = compose([orientation({ axcodes: 'LPS' }), spacing({ spacing: [0.8, 0.8, 5] })]);
 * const { sample, params } = transformSample(path, { image: ct }, new Rng(0));
 * const mask = path.invert?.(segment(sample.image), params); // on the grid of ct
 */
export function compose(steps: readonly Transform[]): SampleTransform<History> {
  steps = [...steps];
  const specs = steps.map(specOf);
  const composition: SampleTransform<History> = {
    name: 'compose',
    options: { steps: specs },
    transformSample: (sample, rng) => {
      const history: TransformRecord[] = [];
      let current = sample;
      for (const [n, step] of steps.entries()) {
        const result = nameErrors(step.name, () => transformSample(step, current, rng));
        history.push({ ...specs[n]!, params: result.params });
        current = result.sample;
      }
      return { sample: current, params: history };
    },
    sampleParams: (rng, sample) => composition.transformSample(sample, rng).params,
    apply: (volume, history, key) => {
      assertHistory(specs, history);
      return steps.reduce(
        (result, step, n) => nameErrors(step.name, () => step.apply(result, history[n]!.params, key)),
        volume,
      );
    },
    replaySample: (sample, history) => {
      assertHistory(specs, history);
      return steps.reduce(
        (result, step, n) => nameErrors(step.name, () => replaySample(step, result, history[n]!.params)),
        sample,
      );
    },
    invert: (volume, history, key) => {
      assertHistory(specs, history);
      return steps.reduceRight(
        (result, step, n) => nameErrors(step.name, () => invertPlaces(step, result, history[n]!.params, key)),
        volume,
      );
    },
    invertSample: (sample, history, options) => {
      assertHistory(specs, history);
      return steps.reduceRight(
        (result, step, n) =>
          nameErrors(step.name, () => invertSample(step, result, history[n]!.params, options)),
        sample,
      );
    },
  };
  return composition;
}
