import type { Sample } from '@lungseg/core';
import type { History } from '../history.js';

/** A sample in a stream: it carries what it is called and what was done to it. */
export interface TracedSample {
  /** For instance the path of its image; errors begin with it. */
  readonly name: string;
  readonly volumes: Sample;
  /** Every transform that was applied, with its parameters; plain JSON. */
  readonly history: History;
}

/**
 * A sample to which nothing was done yet.
 *
 * @param name what errors call it
 * @param volumes by name
 * @example
 * traceSample('case-7/image.nii.gz', { image, label });
 */
export function traceSample(name: string, volumes: Sample): TracedSample {
  return { name, volumes, history: [] };
}
