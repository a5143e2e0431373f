import { Rng, type Sample, type Transform, type Vec3, type Volume } from '@lungseg/core';
import {
  adjustContrast,
  adjustGamma,
  affine,
  compose,
  cropToSize,
  cutOut,
  elastic,
  gaussianBlur,
  gaussianNoise,
  orientation,
  padToSize,
  rotate,
  sharpen,
  simulateLowDose,
  simulateLowResolution,
  spacing,
  spatial,
  transformSample,
  transformVolume,
  zoom,
} from '@lungseg/transforms';
import { beside, stack, type Picture } from './contact-sheet.js';

const border = -1024;
/** What is shown, in reading order, after the slice itself. */
const TRANSFORMS: readonly Transform[] = [
  rotate({ degrees: [0, 0, 15], border }),
  zoom({ zoom: [1.25, 0.9, 1], border }),
  affine({ degrees: [0, 0, -8], shear: [0.25, 0, 0], border }),
  elastic({ displacement: 18, border }),
  gaussianNoise({ standardDeviation: 90 }),
  simulateLowDose({ dose: 0.02 }),
  simulateLowResolution({ factor: [4, 4, 1] }),
  gaussianBlur({ sigma: 3 }),
  sharpen({ sigma: 2, amount: 2 }),
  spatial([rotate({ degrees: [0, 0, 15] }), elastic({ displacement: 12 })], { border }),
  cutOut({ count: 4, size: [40, 40, 20], fill: border }),
  adjustContrast({ factor: 0.5 }),
  adjustGamma({ logGamma: 0.7 }),
];
const COLUMNS = 5;
const WINDOW = [-1350, 150] as const;

/** A tile's width and height, and how many slices are kept around the one that is shown. */
const SIZE: Vec3 = [200, 150, 24];

/**
 * The middle slice of a CT, and what the transforms make of it.
 *
 * @param ct in HU
 */
export function pictureOfTransforms(ct: Volume): Picture {
  const prepare = compose([
    orientation({ axcodes: 'LPS' }),
    spacing({ spacing: [1.8, 1.8, 5], antialias: true }),
    cropToSize({ size: SIZE }),
    padToSize({ size: SIZE, fill: border }),
  ]);
  const image = transformVolume(prepare, ct);
  const original: Sample = { image };
  const shown = TRANSFORMS.map((transform) => transformSample(transform, original, new Rng(3)).sample);
  const tiles = [original, ...shown].map(drawSlice);
  const rows = Array.from({ length: Math.ceil(tiles.length / COLUMNS) }, (_, row) =>
    beside(tiles.slice(row * COLUMNS, (row + 1) * COLUMNS)),
  );
  return stack(rows);
}

/** The slice in the middle, a pixel a voxel. */
function drawSlice(sample: Sample): Picture {
  const { data, geometry } = sample['image']!;
  const [width, height, depth] = geometry.size;
  const first = Math.floor(depth / 2) * width * height;
  const pixels = new Uint8Array(width * height * 3);
  for (let n = 0; n < width * height; n++) {
    const grey = (255 * (data[first + n]! - WINDOW[0])) / (WINDOW[1] - WINDOW[0]);
    pixels.fill(Math.min(Math.max(grey, 0), 255), 3 * n, 3 * n + 3);
  }
  return { width, height, data: pixels };
}
