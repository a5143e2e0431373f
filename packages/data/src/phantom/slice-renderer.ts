import { Rng } from '@lungseg/core';
import { classifySlice } from './classify-slice.js';
import { NoiseField } from './noise-field.js';
import { paint } from './paint.js';
import type { PhantomParams } from './phantom-params.js';
import type { Canvas, Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { paintTable, tableSurface } from './table.js';
import { Tissue } from './tissue.js';
import type { WorldGrid } from './world-grid.js';

/** Shape noise, laid over rows of a slice. */
class Warp {
  readonly #fields: NoiseField[];
  readonly #amplitudes: number[];

  constructor({ seed, body }: PhantomParams) {
    const rng = new Rng(seed);
    const cells = [45, 45, 45, 14, 14, 11, 4.5];
    this.#fields = cells.map((cell) => new NoiseField(rng.uint32(), cell));
    this.#amplitudes = [body.warp, body.warp, body.warp, body.warpFine, body.warpFine, 1.7, 1.3];
  }

  plane(z: number, bounds: readonly [number, number, number, number]): void {
    for (const field of this.#fields) field.plane(z, bounds);
  }

  /** Adds to x, y, dz and texture along the row that starts at `from`. */
  row(
    { x, y, dz, texture, width }: Canvas,
    from: number,
    rowY: number,
    [x0, dx]: readonly [number, number],
  ): void {
    const targets = [x, y, dz, x, y, texture, texture];
    for (let n = 0; n < targets.length; n++) {
      this.#fields[n]!.addRow(targets[n]!, from, width, rowY, x0, dx, this.#amplitudes[n]!);
    }
  }
}

/** Renders slices of the phantom's frame onto a canvas. */
export class SliceRenderer {
  readonly canvas: Canvas;
  readonly distance: Float32Array;
  readonly #warp: Warp;
  readonly #tableAt: Float32Array;
  readonly #rowDown: Float32Array;

  constructor(
    private readonly params: PhantomParams,
    private readonly grid: Pick<WorldGrid, 'size' | 'spacing' | 'first'>,
  ) {
    const { pose, body } = params;
    const [width, height] = grid.size;
    const count = width * height;
    const angle = (pose.rollDeg * Math.PI) / 180;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [px, py] = grid.spacing;
    const [ox, oy] = [grid.first[0] - pose.centre[0], grid.first[1] - pose.centre[1]];
    // Frame = R(-roll) (world - centre) / scale; the inverse takes a frame position to column and row.
    this.canvas = {
      width,
      height,
      x: new Float32Array(count),
      y: new Float32Array(count),
      dz: new Float32Array(count),
      texture: new Float32Array(count),
      hu: new Float32Array(count),
      tissue: new Uint8Array(count),
      z: 0,
      toColumn: [(pose.scale * c) / px, (-pose.scale * s) / px, -ox / px],
      toRow: [(pose.scale * s) / py, (pose.scale * c) / py, -oy / py],
      slack: 0.75 * (body.warp + body.warpFine) + 1,
      pixel: px / pose.scale,
    };
    this.distance = new Float32Array(count);
    this.#warp = new Warp(params);
    const gravity = pose.prone ? -1 : 1;
    this.#rowDown = Float32Array.from({ length: height }, (_, row) => gravity * (oy + row * py));
    this.#tableAt = Float32Array.from({ length: width }, (_, column) =>
      tableSurface(params, ox + column * px),
    );
  }

  /** Places the pixels: their displaced position in the frame, for a slice at this world height. */
  place(worldZ: number): void {
    const { pose } = this.params;
    const { canvas, grid } = this;
    const { width, height, x, y, dz, texture } = canvas;
    const angle = (pose.rollDeg * Math.PI) / 180;
    const [c, s] = [Math.cos(angle) / pose.scale, Math.sin(angle) / pose.scale];
    // Noise is taken in world mm over scale, unrotated, so that it runs along rows.
    const [x0, dx] = [(grid.first[0] - pose.centre[0]) / pose.scale, grid.spacing[0] / pose.scale];
    const [y0, dy] = [(grid.first[1] - pose.centre[1]) / pose.scale, grid.spacing[1] / pose.scale];
    const z = (worldZ - pose.centre[2]) / pose.scale;
    this.#warp.plane(z, [x0, x0 + width * dx, y0, y0 + height * dy]);
    dz.fill(0);
    texture.fill(0);
    // Beyond arms and blanket there is nothing that noise could displace.
    const o = sliceOutline(this.params, z);
    const margin = 45 + 0.2 * o.bodyHalfWidth * Math.abs(s) * pose.scale;
    const [near, far] = [o.bodyFront - margin, o.bodyBack + margin];
    for (let row = 0; row < height; row++) {
      const wy = (y0 + row * dy) * pose.scale;
      const from = row * width;
      for (let column = 0; column < width; column++) {
        const wx = (x0 + column * dx) * pose.scale;
        x[from + column] = c * wx + s * wy;
        y[from + column] = c * wy - s * wx;
      }
      if (y0 + row * dy < near || y0 + row * dy > far) continue;
      this.#warp.row(canvas, from, y0 + row * dy, [x0, dx]);
    }
  }

  /** Classifies and paints the slice at this world height, over the pixels placed before. */
  render(worldZ: number, shapes: readonly Shape[]): void {
    const { params, canvas, distance } = this;
    const z = (worldZ - params.pose.centre[2]) / params.pose.scale;
    canvas.z = z;
    classifySlice(canvas, {
      params,
      outline: sliceOutline(params, z),
      tableAt: this.#tableAt,
      rowDown: this.#rowDown,
      lungDistance: distance,
    });
    for (const shape of shapes) paint(canvas, shape);
    paintTable(canvas, params, this.#rowDown, this.#tableAt);
    for (let i = 0; i < distance.length; i++) {
      if (distance[i]! < 0 && canvas.tissue[i] !== Tissue.lung) distance[i] = 0.6;
    }
  }
}
