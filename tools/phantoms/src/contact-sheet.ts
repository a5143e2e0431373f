import { ShapeError, type Volume } from '@lungseg/core';

/** A picture in RGB, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** How volumes become tiles. */
export interface ContactSheetOptions {
  /** Millimetres a pixel of the sheet shows. */
  readonly pixelMm: number;
  /** Darkest and brightest HU. */
  readonly window: readonly [number, number];
}

/** Heights of the axial tiles, from the base to the apex of the lungs. */
const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95];
const GAP = 4;
/** Right lung orange, left lung blue. */
const OUTLINES = [
  [0, 0, 0],
  [255, 140, 40],
  [70, 160, 255],
] as const;

/** A plane through a volume: where its voxels lie in the array, right to left and top to bottom of the picture. */
interface Plane {
  readonly start: number;
  readonly across: number;
  readonly down: number;
  readonly columns: number;
  readonly rows: number;
  readonly columnMm: number;
  readonly rowMm: number;
}

/**
 * One row of tiles for a case whose axes run to the left, to the back and to the head: five axial slices from the
 * base of the lungs to their apex, then a coronal slice; the outline of the label is drawn on them. The patient's right is on
 * the left of the picture, the front at the top.
 *
 * @param image HU
 * @param label 1 right, 2 left, on the image's grid
 * @throws ShapeError when the two differ in size
 */
export function tilesOf(image: Volume, label: Volume, options: ContactSheetOptions): Picture {
  const [nx, ny, nz] = image.geometry.size;
  if (label.geometry.size.some((n, axis) => n !== image.geometry.size[axis])) {
    throw new ShapeError(
      `Image and label must have one size. Received: ${image.geometry.size.join(' x ')} and ${label.geometry.size.join(' x ')}.`,
    );
  }
  const [sx, sy, sz] = image.geometry.spacing;
  const bounds = boundsOf(label);
  const axial = LEVELS.map((level): Plane => {
    const k = Math.round(bounds.low + level * (bounds.high - bounds.low));
    return { start: k * nx * ny, across: 1, down: nx, columns: nx, rows: ny, columnMm: sx, rowMm: sy };
  });
  const coronal: Plane = {
    start: (nz - 1) * nx * ny + bounds.middle * nx,
    across: 1,
    down: -nx * ny,
    columns: nx,
    rows: nz,
    columnMm: sx,
    rowMm: sz,
  };
  return beside([...axial, coronal].map((plane) => draw(image, label, plane, options)));
}

/** Lowest and highest slice with a label, and the middle row; the whole volume where there is no label. */
function boundsOf({ data, geometry }: Volume): { low: number; high: number; middle: number } {
  const [nx, ny, nz] = geometry.size;
  let [low, high, front, back] = [nz, -1, ny, -1];
  data.forEach((value, at) => {
    if (value === 0) return;
    const j = Math.floor(at / nx) % ny;
    const k = Math.floor(at / (nx * ny));
    low = Math.min(low, k);
    high = Math.max(high, k);
    front = Math.min(front, j);
    back = Math.max(back, j);
  });
  return high < 0
    ? { low: 0, high: nz - 1, middle: ny >> 1 }
    : { low, high, middle: Math.round((front + back) / 2) };
}

function draw(image: Volume, label: Volume, plane: Plane, { pixelMm, window }: ContactSheetOptions): Picture {
  const width = Math.max(1, Math.floor((plane.columns * plane.columnMm) / pixelMm));
  const height = Math.max(1, Math.floor((plane.rows * plane.rowMm) / pixelMm));
  const data = new Uint8Array(width * height * 3);
  const at = (column: number, row: number): number => {
    const c = Math.min(plane.columns - 1, Math.floor(((column + 0.5) * pixelMm) / plane.columnMm));
    const r = Math.min(plane.rows - 1, Math.floor(((row + 0.5) * pixelMm) / plane.rowMm));
    return plane.start + c * plane.across + r * plane.down;
  };
  const [dark, bright] = window;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const here = at(column, row);
      const grey = Math.min(1, Math.max(0, (image.data[here]! - dark) / (bright - dark))) * 255;
      const lung = label.data[here]!;
      const edge =
        lung > 0 &&
        [
          [1, 0],
          [-1, 0],
          [0, 1],
          [0, -1],
        ].some(([x, y]) => {
          const [c, r] = [column + x!, row + y!];
          return c >= 0 && c < width && r >= 0 && r < height && label.data[at(c, r)] !== lung;
        });
      const colour = edge ? (OUTLINES[lung] ?? OUTLINES[1]) : [grey, grey, grey];
      data.set(colour, (row * width + column) * 3);
    }
  }
  return { width, height, data };
}

/** Pictures side by side, with a gap between. */
export function beside(tiles: readonly Picture[]): Picture {
  const height = Math.max(...tiles.map((tile) => tile.height));
  const width = tiles.reduce((sum, tile) => sum + tile.width + GAP, -GAP);
  const data = new Uint8Array(width * height * 3);
  let left = 0;
  for (const tile of tiles) {
    blit(tile, data, width, left, 0);
    left += tile.width + GAP;
  }
  return { width, height, data };
}

/** Pictures one under another, with a gap between. */
export function stack(pictures: readonly Picture[]): Picture {
  const width = Math.max(...pictures.map((picture) => picture.width));
  const height = pictures.reduce((sum, picture) => sum + picture.height + GAP, -GAP);
  const data = new Uint8Array(width * height * 3);
  let top = 0;
  for (const picture of pictures) {
    blit(picture, data, width, 0, top);
    top += picture.height + GAP;
  }
  return { width, height, data };
}

function blit(from: Picture, to: Uint8Array, width: number, left: number, top: number): void {
  for (let row = 0; row < from.height; row++) {
    const line = from.data.subarray(row * from.width * 3, (row + 1) * from.width * 3);
    to.set(line, ((top + row) * width + left) * 3);
  }
}
