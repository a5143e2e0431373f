import { describe, expect, test } from '@jest/globals';
import { createGeometry, createVolume, Rng, type Sample, type Transform } from '@lungseg/core';
import {
  compose,
  flip,
  gaussianNoise,
  oneOf,
  onKeys,
  randomRotate,
  replaySample,
  scaleIntensityRange,
  shiftIntensity,
  spacing,
  spatial,
  specOf,
  transformSample,
  withProbability,
  type History,
} from './index.js';

const rng = new Rng(4);
const geometry = createGeometry({ size: [9, 8, 7], spacing: [1, 1.2, 2], origin: [-10, 5, 40] });
const image = createVolume(
  new Int16Array(9 * 8 * 7).map(() => rng.integer(-1000, 400)),
  geometry,
);
const label = createVolume(
  new Uint8Array(9 * 8 * 7).map(() => rng.integer(0, 3)),
  geometry,
  'label',
);
const sample: Sample = { image, label };

test('defaults are noted, so that leaving them out is the same', () => {
  expect(spacing({ spacing: [1, 1, 5] }).options).toEqual({
    spacing: [1, 1, 5],
    interpolation: 'linear',
    border: 'clamp',
    antialias: false,
  });
  expect(scaleIntensityRange({ from: [-1500, 500] }).options).toEqual(
    scaleIntensityRange({ from: [-1500, 500], to: [0, 1], clip: true }).options,
  );
});

describe('compositions', () => {
  const noise = gaussianNoise({ standardDeviation: 3 });
  const noted = { name: 'gaussianNoise', options: { standardDeviation: 3 } };

  test('note their steps among their options', () => {
    expect(withProbability(0.2, noise).options).toEqual({ probability: 0.2, transform: noted });
    expect(onKeys(['image'], noise).options).toEqual({ keys: ['image'], transform: noted });
    expect(oneOf([noise, noise], { weights: [1, 2] }).options).toEqual({
      choices: [noted, noted],
      weights: [1, 2],
    });
    expect(compose([compose([noise])]).options).toEqual({
      steps: [{ name: 'compose', options: { steps: [noted] } }],
    });
    expect(spatial([flip({ axes: [1] })], { border: -1024 }).options).toEqual({
      steps: [{ name: 'flip', options: { axes: [1] } }],
      interpolation: 'linear',
      border: -1024,
      antialias: false,
    });
  });

  test('keep to their steps and options, whatever becomes of the lists that they were given', () => {
    const [steps, keys, weights] = [[flip({ axes: [0] })], ['image'], [1, 0]];
    const resampling = { border: -1024 };
    const made: readonly (readonly [Transform, Transform])[] = [
      [compose(steps), compose([flip({ axes: [0] })])],
      [spatial(steps, resampling), spatial([flip({ axes: [0] })], { border: -1024 })],
      [oneOf([noise, steps[0]!], { weights }), oneOf([noise, flip({ axes: [0] })], { weights: [1, 0] })],
      [onKeys(keys, noise), onKeys(['image'], noise)],
    ];
    steps.push(flip({ axes: [1] }));
    resampling.border = 7;
    [weights[0], weights[1], keys[0]] = [0, 1, 'label'];
    for (const [transform, expected] of made) {
      expect(transform.options).toEqual(expected.options);
      expect(transformSample(transform, sample, new Rng(2))).toEqual(
        transformSample(expected, sample, new Rng(2)),
      );
    }
  });

  test('refuse steps without options, or with such as JSON can not hold', () => {
    const bare = { ...noise, options: undefined } as unknown as Transform;
    expect(() => compose([bare])).toThrow(
      'gaussianNoise must have options, what it was made with, as JSON. Received: none. Give {} where there is nothing.',
    );
    const odd = { ...noise, options: { map: (() => 1) as never } };
    expect(() => compose([odd])).toThrow(/gaussianNoise: map must be plain JSON.*Received: a function/);
    expect(() => withProbability(1, bare)).toThrow(/must have options/);
  });
});

describe('histories', () => {
  const recipe = (border: number, degrees: number) =>
    compose([
      spatial([flip({ axes: [0] }), randomRotate({ degrees: [0, 0, degrees] })], { border }),
      withProbability(1, onKeys(['image'], shiftIntensity({ offset: 3 }))),
    ]);
  const { params } = transformSample(recipe(-1024, 10), sample, new Rng(1));
  const history = JSON.parse(JSON.stringify(params)) as History;

  test('hold the options of every step, and of the steps in it', () => {
    expect(history.map(({ name, options }) => ({ name, options }))).toEqual(
      (recipe(-1024, 10).options as { steps: unknown }).steps,
    );
    expect(specOf(recipe(-1024, 10))).toEqual({ name: 'compose', options: recipe(-1024, 10).options });
    const steps = (history[0]!.params as { steps: History }).steps;
    expect(steps.map(({ name, options }) => [name, options])).toEqual([
      ['flip', { axes: [0] }],
      ['randomRotate', randomRotate({ degrees: [0, 0, 10] }).options],
    ]);
  });

  test('replay on a transform of the same options, and are refused by others, at whatever depth', () => {
    expect(replaySample(recipe(-1024, 10), sample, history)).toEqual(
      replaySample(recipe(-1024, 10), sample, params),
    );
    expect(() => replaySample(recipe(-1000, 10), sample, history)).toThrow(
      'The history must be of steps with the same options: step 1, spatial, has border -1000. Received: -1024. Replay it with the composition that drew it.',
    );
    const other = recipe(-1024, 12);
    expect(() => replaySample(other, sample, history)).toThrow(
      'step 1, spatial, has steps[1].options.degrees[2] 12. Received: 10.',
    );
    expect(() => other.invert!(label, history)).toThrow(/steps with the same options/);
  });

  test('of a former form, without options, are refused', () => {
    const former = history.map(({ name, params: drawn }) => ({ name, params: drawn })) as unknown as History;
    expect(() => recipe(-1024, 10).apply(image, former)).toThrow(/step 1, spatial, has options .*none/);
  });
});
