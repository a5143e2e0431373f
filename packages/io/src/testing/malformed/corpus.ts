import { Rng } from '@lungseg/core';
import type { MalformedCase } from './damage.js';
import { dicomCases } from './dicom-cases.js';
import { detachedCases } from './detached-cases.js';
import { jpegCases } from './jpeg-cases.js';
import { lastSliceCases } from './last-slice-cases.js';
import { multiFrameCases } from './multi-frame-cases.js';
import { niftiCases } from './nifti-cases.js';
import { textCases } from './text-cases.js';
import { zipCases } from './zip-cases.js';

/** Which bits are flipped follows from it alone. */
const SEED = 2026;

/** All cases, the same ones each time. */
export function malformedCases(): MalformedCase[] {
  const rng = new Rng(SEED);
  return [
    ...niftiCases(rng),
    ...textCases(rng),
    ...dicomCases(rng),
    ...zipCases(rng),
    ...multiFrameCases(rng),
    ...detachedCases(),
    ...lastSliceCases(rng),
    ...jpegCases(rng),
  ];
}
