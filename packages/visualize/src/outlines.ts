import { sameGrid, ShapeError, type Volume } from '@lungseg/core';
import type { Picture } from './picture.js';

/**
 * What is outlined on a CT: the labels of one map, 1 in orange (the right lung), 2 in blue (the left), others in white;
 * or whatever isn't 0 of a reference, in blue, and of a prediction, in orange, and white where their outlines agree.
 * Orange and blue are told apart by most who are colour-blind.
 */
export type Outlined =
  { readonly labels: Volume } | { readonly reference: Volume; readonly prediction: Volume };

type Colour = readonly [red: number, green: number, blue: number];

const ORANGE: Colour = [255, 150, 0];
const BLUE: Colour = [0, 170, 255];
const WHITE: Colour = [255, 255, 255];
/** How far from the image's grid a label map may lie: files round positions, and no pixel shows it. */
const GRID_TOLERANCE_MM = 0.1;
/** From label 1 on. */
const LABEL_COLOURS = [ORANGE, BLUE, WHITE];
/** Of the reference alone, of the prediction alone, of both. */
const COMPARISON_COLOURS = [BLUE, ORANGE, WHITE];

/**
 * The label maps to outline, of which the first says more.
 *
 * @throws ShapeError when one lies on another grid than the image
 */
export function labelMaps(image: Volume, outlined: Outlined): readonly Volume[] {
  const maps = 'labels' in outlined ? [outlined.labels] : [outlined.reference, outlined.prediction];
  for (const { geometry } of maps) {
    if (!sameGrid(geometry, image.geometry, GRID_TOLERANCE_MM)) {
      throw new ShapeError(
        `what is outlined must lie on the image's grid, of size ${String(image.geometry.size)}. Received: another grid, of size ${String(geometry.size)}. Resample it first.`,
      );
    }
  }
  return maps;
}

/**
 * Draws outlines onto a picture, a pixel wide and inside of what they outline. The picture's end is none.
 *
 * @param labelsOf what a label map has at the picture's pixels
 */
export function drawOutlines(
  picture: Picture,
  outlined: Outlined,
  labelsOf: (map: Volume) => Uint16Array,
): void {
  const { width } = picture;
  if ('labels' in outlined) {
    paint(picture, edges(labelsOf(outlined.labels), width), LABEL_COLOURS);
    return;
  }
  const [reference, prediction] = [outlined.reference, outlined.prediction].map((map) =>
    edges(
      labelsOf(map).map((label) => (label === 0 ? 0 : 1)),
      width,
    ),
  ) as [Uint16Array, Uint16Array];
  const both = reference.map((edge, n) => edge + 2 * prediction[n]!);
  paint(picture, both, COMPARISON_COLOURS);
}

/** Labels of the pixels that have a neighbour of another label; 0 elsewhere. */
function edges(labels: Uint16Array, width: number): Uint16Array {
  const height = labels.length / width;
  const found = new Uint16Array(labels.length);
  for (let y = 0, n = 0; y < height; y++) {
    for (let x = 0; x < width; x++, n++) {
      const label = labels[n]!;
      const isInside =
        (x === 0 || labels[n - 1] === label) &&
        (x === width - 1 || labels[n + 1] === label) &&
        (y === 0 || labels[n - width] === label) &&
        (y === height - 1 || labels[n + width] === label);
      if (!isInside) found[n] = label;
    }
  }
  return found;
}

/** Colours the pixels that aren't 0: 1 in the first colour, and those past the last in that. */
function paint({ data }: Picture, codes: Uint16Array, colours: readonly Colour[]): void {
  for (let n = 0; n < codes.length; n++) {
    const code = codes[n]!;
    if (code > 0) data.set(colours[Math.min(code, colours.length) - 1]!, 3 * n);
  }
}
