import { indexToWorld, type Vec3, type Volume } from '@lungseg/core';
import {
  fillHoles,
  keepLargestComponents,
  refineBoundary,
  splitLeftRight,
  type RegionParams,
} from '@lungseg/transforms';

/**
 * A component smaller than this share of the first is not taken for a lung: gas in the bowel or a bronchus is
 * far smaller than a lung, and a lung that has shrunk to less than a twentieth of the other holds hardly any air.
 */
const SMALLEST_LUNG = 0.05;

/** Less than this isn't taken for a lung either, for instance air of the sinuses: a newborn's lung holds several times as much. */
const LEAST_LUNG_ML = 5;

/** Lungs are two, but consolidation, fluid or air beside them may part one: no large piece is lost without a word. */
const MOST_PIECES = 6;

/** The lungs, together and apart. */
export interface Lungs {
  /** 1 lung. */
  readonly lung: Volume<Uint8Array>;
  /** 1 right lung, 2 left lung, by the patient's sides. */
  readonly leftRight: Volume<Uint8Array>;
}

/**
 * Cleans a raw mask: keeps the components of at least a twentieth of the largest (a chest with one lung has but one),
 * and none of less than 5 ml; fills holes; moves the boundary, which comes from the network's grid, to where the CT has it,
 * and tells right from left.
 *
 * @param mask 1 lung
 * @param body the box of the body, whose middle tells the side of a single lung
 * @param image the CT in HU, on the mask's grid
 */
export function postProcess(mask: Volume<Uint8Array>, body: RegionParams, image: Volume): Lungs {
  const keep = keepLargestComponents({
    count: MOST_PIECES,
    connectivity: 6,
    minimumFraction: SMALLEST_LUNG,
    minimumMl: LEAST_LUNG_ML,
  });
  // Before the boundary moves, too: what lies between a hole and the outside would have no depth.
  const whole = fillHoles().apply(keep.apply(mask, null), null);
  const refined = refineBoundary(whole, image);
  // Again, since a rim of tissue may leave specks of noise behind.
  const lung = fillHoles().apply(keep.apply(refined, null), null) as Volume<Uint8Array>;
  const middle = body.start.map((n, axis) => n + (body.size[axis]! - 1) / 2) as unknown as Vec3;
  const [midlineX] = indexToWorld(mask.geometry, middle);
  return { lung, leftRight: splitLeftRight(lung, { midlineX }) };
}
