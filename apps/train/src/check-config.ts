import { InvalidArgumentError, ShapeError, type Vec3 } from '@lungseg/core';
import type { CaseEntries } from './case-entries.js';
import type { TrainConfig } from './config.js';
import { caseWeights } from './samples/draw-sample.js';

/**
 * Checks what a config says against its cases and network, before minutes go into preparing them.
 *
 * @param config validated by itself
 * @param entries its cases on disk
 * @param sizeMultiple of the network, along x, y, z
 * @throws InvalidArgumentError when data.weights or data.lesionsLeftOut names a case that there isn't, or the weights are 0 for all that are trained on
 * @throws ShapeError when the network doesn't take crops of that size; the text says which fit
 */
export function checkConfig(config: TrainConfig, entries: CaseEntries, sizeMultiple: Vec3): void {
  const names = new Set([...entries.training, ...entries.validation].map(({ patient }) => patient));
  const { weights, lesionsLeftOut } = config.data;
  for (const [key, named] of [
    ['data.weights', Object.keys(weights)],
    ['data.lesionsLeftOut.cases', lesionsLeftOut.cases],
  ] as const) {
    const unknown = named.filter((name) => !names.has(name));
    if (unknown.length === 0) continue;
    throw new InvalidArgumentError(
      `${key} must name cases of the datalist: ${[...names].join(', ') || 'it has none'}. Received: ${unknown.join(', ')}.`,
    );
  }
  caseWeights(
    config,
    entries.training.map(({ patient }) => patient),
    config.data.phantoms.count,
  );
  const { size } = config.crop;
  const fits = size.map((n, axis) => Math.ceil(n / sizeMultiple[axis]!) * sizeMultiple[axis]!);
  if (fits.some((n, axis) => n !== size[axis])) {
    throw new ShapeError(
      `crop.size must be multiples of ${sizeMultiple.join(', ')} for this network. Received: ${size.join(', ')}. These fit: ${fits.join(', ')}.`,
    );
  }
}
