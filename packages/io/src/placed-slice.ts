import type { Vec3 } from '@lungseg/core';
import type { DicomInstance } from './dicom-header.js';

/** A slice and its place in the series. */
export interface PlacedSlice {
  readonly instance: DicomInstance;
  /** Its place along the normal, in mm. */
  readonly along: number;
}

/** The scalar product. */
export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** A multi-frame file may promise more frames than a call takes arguments. */
export const largestOf = (values: readonly number[]): number =>
  values.reduce((largest, value) => (value > largest ? value : largest), -Infinity);

/** A length as messages show it. */
export const mm = (length: number): string => `${Number(length.toFixed(3))} mm`;
