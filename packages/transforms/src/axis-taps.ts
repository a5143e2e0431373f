/** How to make each output position along one axis from input positions: a weighted sum. */
export interface AxisTaps {
  /** Input positions per output position. */
  readonly count: number;
  /** `count` input positions per output position, all inside the input. */
  readonly indices: Int32Array;
  /** Their weights. */
  readonly weights: Float64Array;
  /** Per output position, the weight of the border's value; null where the border is clamped. */
  readonly borderWeights: Float64Array | null;
}

/** One axis of a resampling. */
export interface AxisResampling {
  readonly outputSize: number;
  readonly inputSize: number;
  /** `input position = scale · output position + offset`. */
  readonly scale: number;
  readonly offset: number;
  /** Whether positions outside take the nearest input position; else they take the border's value. */
  readonly clamp: boolean;
}

/**
 * Taps of linear interpolation.
 *
 * @param axis what to resample
 * @param antialias widen the interpolating triangle by the scale where that is over one
 */
export function linearTaps(axis: AxisResampling, antialias: boolean): AxisTaps {
  const { outputSize, inputSize, scale, offset, clamp } = axis;
  const width = antialias ? Math.max(1, Math.abs(scale)) : 1;
  const count = width === 1 ? 2 : 2 * Math.ceil(width) + 1;
  const indices = new Int32Array(outputSize * count);
  const weights = new Float64Array(outputSize * count);
  const borderWeights = clamp ? null : new Float64Array(outputSize);
  for (let o = 0; o < outputSize; o++) {
    let position = scale * o + offset;
    if (clamp) position = Math.min(Math.max(position, 0), inputSize - 1);
    const first = width === 1 ? Math.floor(position) : Math.ceil(position - width);
    let sum = 0;
    for (let t = 0; t < count; t++) sum += Math.max(0, 1 - Math.abs(first + t - position) / width);
    for (let t = 0; t < count; t++) {
      const index = first + t;
      const weight = Math.max(0, 1 - Math.abs(index - position) / width) / sum;
      indices[o * count + t] = Math.min(Math.max(index, 0), inputSize - 1);
      if (borderWeights !== null && (index < 0 || index >= inputSize)) borderWeights[o]! += weight;
      else weights[o * count + t] = weight;
    }
  }
  return { count, indices, weights, borderWeights };
}

/** The nearest input position for each output position, or -1 where it is outside and the border has a value. */
export function nearestIndices(axis: AxisResampling): Int32Array {
  const { outputSize, inputSize, scale, offset, clamp } = axis;
  return Int32Array.from({ length: outputSize }, (_, o) => {
    const index = roundHalfToEven(scale * o + offset);
    if (index >= 0 && index < inputSize) return index;
    return clamp ? (index < 0 ? 0 : inputSize - 1) : -1;
  });
}

/** Rounds to the nearest integer, halves to the even one, as C's nearbyint and NumPy's round do. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}
