import { Rng } from '@lungseg/core';
import { addMetalStreaks } from './metal-streaks.js';
import type { PhantomScanner } from './phantom-params.js';

// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { abs, ceil, exp, max, min, sqrt } = Math;

/** Blurs rows and columns of a slice by a Gaussian; edges repeat. */
export function blurSlice(
  slice: Float32Array,
  width: number,
  height: number,
  sigmaX: number,
  sigmaY: number,
  scratch: Float32Array,
): void {
  blurLines(slice, scratch, width, height, 1, width, sigmaX);
  blurLines(scratch, slice, height, width, width, 1, sigmaY);
}

function blurLines(
  from: Float32Array,
  to: Float32Array,
  length: number,
  lines: number,
  step: number,
  stride: number,
  sigma: number,
): void {
  const radius = min(length - 1, ceil(2.6 * sigma));
  if (sigma < 0.2 || radius < 1) {
    to.set(from);
    return;
  }
  const kernel = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let k = -radius; k <= radius; k++) sum += kernel[k + radius] = exp((-0.5 * k * k) / (sigma * sigma));
  for (let k = 0; k < kernel.length; k++) kernel[k] = kernel[k]! / sum;
  for (let line = 0; line < lines; line++) {
    const base = line * stride;
    for (let i = 0; i < length; i++) {
      let total = 0;
      if (i >= radius && i < length - radius) {
        for (let k = 0, at = base + (i - radius) * step; k < kernel.length; k++, at += step)
          total += kernel[k]! * from[at]!;
      } else {
        for (let k = -radius; k <= radius; k++) {
          const j = min(length - 1, max(0, i + k));
          total += kernel[k + radius]! * from[base + j * step]!;
        }
      }
      to[base + i * step] = total;
    }
  }
}

const TILE = 256;

/** A tile of correlated Gaussian noise with a standard deviation of 1, to be laid over slices at random offsets. */
function noiseTile(rng: Rng, sigmaX: number, sigmaY: number): Float32Array {
  const tile = new Float32Array(TILE * TILE);
  for (let i = 0; i < tile.length; i++) tile[i] = rng.normal();
  blurSlice(tile, TILE, TILE, sigmaX, sigmaY, new Float32Array(tile.length));
  let squares = 0;
  for (const value of tile) squares += value * value;
  const scale = 1 / sqrt(squares / tile.length);
  for (let i = 0; i < tile.length; i++) tile[i] = tile[i]! * scale;
  return tile;
}

/** Turns true attenuation into what a scanner shows: blur, edge enhancement, noise, streaks, offset, padding. */
export class ScannerModel {
  readonly #scanner: PhantomScanner;
  readonly #rng: Rng;
  readonly #grain: Float32Array;
  readonly #streaks: Float32Array | undefined;
  readonly #scratch: Float32Array;
  readonly #smooth: Float32Array;

  constructor(
    scanner: PhantomScanner,
    seed: number,
    private readonly width: number,
    private readonly height: number,
    private readonly pixelX: number,
    private readonly pixelY: number,
  ) {
    this.#scanner = scanner;
    this.#rng = new Rng(seed);
    this.#grain = noiseTile(this.#rng, scanner.noiseSigma / pixelX, scanner.noiseSigma / pixelY);
    this.#streaks = scanner.streakHu > 0 ? noiseTile(this.#rng, 25 / pixelX, 0.9 / pixelY) : undefined;
    this.#scratch = new Float32Array(width * height);
    this.#smooth = new Float32Array(width * height);
  }

  /**
   * Works on one slice, in place.
   *
   * @param slice HU, x fastest
   * @param shoulder how much of the noise is streaks, 0 to 1
   */
  acquire(slice: Float32Array, shoulder: number): void {
    const { blurSigma, sharpen, noiseHu, streakHu, metalStreakHu, offsetHu } = this.#scanner;
    const { width, height } = this;
    if (metalStreakHu > 0) {
      addMetalStreaks(slice, width, this.pixelX, this.pixelY, metalStreakHu, this.#rng);
    }
    blurSlice(slice, width, height, blurSigma / this.pixelX, blurSigma / this.pixelY, this.#scratch);
    if (sharpen > 0) {
      this.#smooth.set(slice);
      blurSlice(this.#smooth, width, height, 1.1 / this.pixelX, 1.1 / this.pixelY, this.#scratch);
      for (let i = 0; i < slice.length; i++) slice[i] = slice[i]! + sharpen * (slice[i]! - this.#smooth[i]!);
    }
    const rng = this.#rng;
    const [gx, gy, sx, sy] = [
      rng.integer(0, TILE),
      rng.integer(0, TILE),
      rng.integer(0, TILE),
      rng.integer(0, TILE),
    ];
    const grain = noiseHu * (1 + 0.6 * shoulder);
    const streak = streakHu * shoulder;
    for (let row = 0, at = 0; row < height; row++) {
      const grainRow = ((row + gy) & (TILE - 1)) * TILE;
      const streakRow = ((row + sy) & (TILE - 1)) * TILE;
      // Noise is greatest where rays cross the most tissue: along the middle rows.
      const depth = abs(row / height - 0.5);
      const rowGrain = grain * (1.15 - depth);
      const rowStreak = streak * max(0, 1 - 3 * depth);
      for (let column = 0; column < width; column++, at++) {
        const centre = 1 - 0.5 * abs(column / width - 0.5);
        let value =
          slice[at]! + offsetHu + rowGrain * centre * this.#grain[grainRow + ((column + gx) & (TILE - 1))]!;
        if (this.#streaks !== undefined && rowStreak > 0) {
          value += rowStreak * this.#streaks[streakRow + ((column + sx) & (TILE - 1))]!;
        }
        slice[at] = value;
      }
    }
  }
}
