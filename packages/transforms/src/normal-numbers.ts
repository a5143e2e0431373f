import type { Rng } from '@lungseg/core';

/** Quantiles of the standard normal distribution, at the middles of 65,536 parts as likely as each other. */
let quantiles: Float32Array | undefined;

/**
 * Calls for a normally distributed number for each place, two of each draw of 32 bits: the quantiles of 65,536 parts as
 * likely, from -4.3 to 4.3. Several times faster than transforming uniform numbers one by one.
 *
 * @returns mean 0, standard deviation 1, float32
 */
export function normalNumbers(rng: Rng, count: number): Float32Array {
  const table = (quantiles ??= tabulate());
  const numbers = new Float32Array(count);
  for (let n = 0; n + 1 < count; n += 2) {
    const bits = rng.uint32();
    numbers[n] = table[bits & 0xffff]!;
    numbers[n + 1] = table[bits >>> 16]!;
  }
  if (count % 2 === 1) numbers[count - 1] = table[rng.uint32() & 0xffff]!;
  return numbers;
}

function tabulate(): Float32Array {
  const count = 65536;
  const table = new Float32Array(count);
  for (let n = 0; n < count / 2; n++) {
    table[n] = lowerQuantile((n + 0.5) / count);
    table[count - 1 - n] = -table[n]!;
  }
  // The middles of the parts vary a little less than the parts do.
  const scale = Math.sqrt(count / table.reduce((sum, value) => sum + value * value, 0));
  return table.map((value) => value * scale);
}

/**
 * The quantile of the standard normal distribution for p < 0.5, to 4.5e-4.
 *
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23
 */
function lowerQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return -(t - above / below);
}
