import type { Rng } from '@lungseg/core';

// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { atan2, floor, min, PI, sqrt } = Math;

/** No tissue is denser; enamel is the nearest. */
const METAL_HU = 2200;
/** Pieces within a cell of this many pixels count as one. */
const CELL = 24;
const ANGLES = 512;
/** In mm: how far a streak reaches before it has fallen by half. */
const REACH = 60;

interface Piece {
  x: number;
  y: number;
  pixels: number;
}

/**
 * Adds bright and dark streaks that start from each piece of metal in a slice, in place. Their profile over the angle
 * is smooth noise without a mean, and falls with the distance, as beam hardening and photon starvation look like.
 *
 * @param slice HU, x fastest
 * @param height HU beside a piece of 25 square mm
 */
export function addMetalStreaks(
  slice: Float32Array,
  width: number,
  pixelX: number,
  pixelY: number,
  height: number,
  rng: Rng,
): void {
  for (const { x, y, pixels } of findMetal(slice, width)) {
    const strength = height * sqrt(min(4, (pixels * pixelX * pixelY) / 25));
    const profile = angularNoise(rng);
    for (let at = 0, row = -y, column = -x; at < slice.length; at++, column++) {
      if (column === width - x) {
        column = -x;
        row++;
      }
      if (slice[at]! > METAL_HU) continue;
      const [dx, dy] = [column * pixelX, row * pixelY];
      const angle = floor(((atan2(dy, dx) + PI) / (2 * PI)) * ANGLES) % ANGLES;
      const distance = sqrt(dx * dx + dy * dy);
      slice[at] = slice[at]! + (strength * profile[angle]! * REACH) / (REACH + distance);
    }
  }
}

function findMetal(slice: Float32Array, width: number): Piece[] {
  const cells = new Map<number, Piece>();
  for (let at = 0; at < slice.length; at++) {
    if (slice[at]! <= METAL_HU) continue;
    const [x, y] = [at % width, floor(at / width)];
    const key = floor(y / CELL) * 1000 + floor(x / CELL);
    const piece = cells.get(key) ?? { x: 0, y: 0, pixels: 0 };
    piece.x += x;
    piece.y += y;
    piece.pixels++;
    cells.set(key, piece);
  }
  return [...cells.values()].map(({ x, y, pixels }) => ({
    x: floor(x / pixels),
    y: floor(y / pixels),
    pixels,
  }));
}

/** Noise over the circle with a mean of 0 and a standard deviation of 1, a few degrees wide. */
function angularNoise(rng: Rng): Float32Array {
  const raw = Float32Array.from({ length: ANGLES }, () => rng.normal());
  const smooth = raw.map((_, n) => {
    let sum = 0;
    for (let k = -3; k <= 3; k++) sum += raw[(n + k + ANGLES) % ANGLES]!;
    return sum / sqrt(7);
  });
  const mean = smooth.reduce((a, b) => a + b, 0) / ANGLES;
  return smooth.map((value) => value - mean);
}
