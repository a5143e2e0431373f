import { indexInside, positionInside, splinePosition, type Border } from './border.js';

/** How to make each output position along one axis from input positions: a weighted sum. */
export interface AxisTaps {
  /** Input positions per output position. */
  readonly count: number;
  /** `count` input positions per output position, all inside the input. */
  readonly indices: Int32Array;
  /** Their weights. */
  readonly weights: Float64Array;
  /** Per output position, the weight of the border's value; null where the border has none. */
  readonly borderWeights: Float64Array | null;
}

/** One axis of a resampling. */
export interface AxisResampling {
  readonly outputSize: number;
  readonly inputSize: number;
  /** `input position = scale · output position + offset`. */
  readonly scale: number;
  readonly offset: number;
  readonly border: Border;
}

/**
 * Taps of linear interpolation.
 *
 * @param axis what to resample
 * @param antialias widen the interpolating triangle by the scale where that is over one
 */
export function linearTaps(axis: AxisResampling, antialias: boolean): AxisTaps {
  const width = antialias ? Math.max(1, Math.abs(axis.scale)) : 1;
  const count = width === 1 ? 2 : 2 * Math.ceil(width) + 1;
  const kernel = (distance: number): number => Math.max(0, 1 - Math.abs(distance) / width);
  const firstOf = (at: number): number => (width === 1 ? Math.floor(at) : Math.ceil(at - width));
  return tapsOf(axis, count, kernel, firstOf, positionInside, 0);
}

/**
 * Taps of cubic B-splines over coefficients.
 *
 * @param axis what to resample; its input size is that of the voxels
 * @param margin how many more coefficients there are on each side
 */
export function cubicTaps(axis: AxisResampling, margin: number): AxisTaps {
  return tapsOf(axis, 4, cubicSpline, (at) => Math.floor(at) - 1, splinePosition, margin);
}

/** The cubic B-spline. */
function cubicSpline(distance: number): number {
  const d = Math.abs(distance);
  if (d >= 2) return 0;
  return d < 1 ? 2 / 3 - d * d * (1 - d / 2) : (2 - d) ** 3 / 6;
}

function tapsOf(
  axis: AxisResampling,
  count: number,
  kernel: (distance: number) => number,
  firstOf: (position: number) => number,
  placeInside: typeof positionInside,
  margin: number,
): AxisTaps {
  const { outputSize, inputSize, scale, offset, border } = axis;
  const indices = new Int32Array(outputSize * count);
  const weights = new Float64Array(outputSize * count);
  const borderWeights = typeof border === 'number' ? new Float64Array(outputSize) : null;
  for (let o = 0; o < outputSize; o++) {
    const position = placeInside(scale * o + offset, inputSize, border) + margin;
    const first = firstOf(position);
    let sum = 0;
    for (let t = 0; t < count; t++) sum += kernel(first + t - position);
    for (let t = 0; t < count; t++) {
      const weight = kernel(first + t - position) / sum;
      const inside = indexInside(first + t, inputSize + 2 * margin, border);
      indices[o * count + t] = Math.max(inside, 0);
      if (borderWeights !== null && inside < 0) borderWeights[o]! += weight;
      else weights[o * count + t] = weight;
    }
  }
  return { count, indices, weights, borderWeights };
}

/** The nearest input position for each output position, or -1 where it is outside and the border has a value. */
export function nearestIndices(axis: AxisResampling): Int32Array {
  const { outputSize, inputSize, scale, offset, border } = axis;
  return Int32Array.from({ length: outputSize }, (_, o) =>
    indexInside(roundHalfToEven(scale * o + offset), inputSize, border),
  );
}

/** Rounds to the nearest integer, halves to the even one, as C's nearbyint and NumPy's round do. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}
