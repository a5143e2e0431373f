import type { Transform } from '@lungseg/core';
import { assertHistory, specOf, type History, type TransformRecord } from './history.js';
import { nameErrors } from './transform-error.js';
import { transformSample, type SampleTransform } from './sample.js';

/**
 * Several transforms, one after another. Its parameters are the history of what was done: they replay exactly, and
 * undo what moved voxels on a mask or a map of probabilities. Steps without an inverse change values only, and are
 * passed over when inverting.
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
    invert: (volume, history, key) => {
      assertHistory(specs, history);
      return steps.reduceRight(
        (result, step, n) =>
          nameErrors(step.name, () => step.invert?.(result, history[n]!.params, key) ?? result),
        volume,
      );
    },
  };
  return composition;
}
