import {
  createGeometry,
  createVolume,
  indexToWorld,
  Rng,
  UnsupportedError,
  voxelCount,
  type Geometry,
  type Vec3,
  type Volume,
} from '@lungseg/core';
import { classifySlice } from './classify-slice.js';
import { NoiseField } from './noise-field.js';
import {
  abdominalShapes,
  airwayShapes,
  cardiacShapes,
  lesionShapes,
  skeletonShapes,
} from './organ-shapes.js';
import type { PhantomParams } from './phantom-params.js';
import { ScannerModel } from './scanner.js';
import { paint, reachOf, type Canvas, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { paintTable, tableSurface } from './table.js';
import { Tissue } from './tissue.js';
import { growVesselTree } from './vessel-tree.js';

/** A phantom: image and labels on one grid. */
export interface Phantom {
  /** HU. */
  readonly image: Volume<Int16Array>;
  /** 1 lung, 0 other. */
  readonly label: Volume<Uint8Array>;
  /** 1 right lung, 2 left lung, 0 other. */
  readonly leftRight: Volume<Uint8Array>;
  readonly params: PhantomParams;
}

/** The grid seen along rising x, y, z of the world, and how its voxels are stored. */
interface WorldGrid {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly first: Vec3;
  readonly start: number;
  readonly stride: Vec3;
}

function worldGridOf(geometry: Geometry): WorldGrid {
  const { size, spacing, direction } = geometry;
  const strides = [1, size[0], size[0] * size[1]];
  const world = { size: [0, 0, 0], spacing: [0, 0, 0], first: [0, 0, 0], stride: [0, 0, 0] };
  const corner: [number, number, number] = [0, 0, 0];
  let start = 0;
  for (let axis = 0; axis < 3; axis++) {
    const row = [0, 1, 2].find((r) => Math.abs(direction[r * 3 + axis]!) > 0.999);
    if (row === undefined) {
      throw new UnsupportedError(
        `A phantom is rendered on a grid whose axes run along the patient's. Received the direction ${direction.join(' ')}. Render it on such a grid, then resample.`,
      );
    }
    const backwards = direction[row * 3 + axis]! < 0;
    world.size[row] = size[axis]!;
    world.spacing[row] = spacing[axis]!;
    world.stride[row] = backwards ? -strides[axis]! : strides[axis]!;
    if (backwards) {
      corner[axis] = size[axis]! - 1;
      start += (size[axis]! - 1) * strides[axis]!;
    }
  }
  return { ...(world as unknown as Omit<WorldGrid, 'start'>), first: indexToWorld(geometry, corner), start };
}

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

  /** Adds to x, y, dz and texture along a row; `line` holds the row's positions in the frame. */
  row(rows: readonly Float32Array[], count: number, y: number, x0: number, dx: number): void {
    const targets = [0, 1, 2, 0, 1, 3, 3];
    this.#fields.forEach((field, n) => {
      field.addRow(rows[targets[n]!]!, count, y, x0, dx, this.#amplitudes[n]!);
    });
  }
}

/** Renders slices of the phantom's frame onto a canvas. */
class SliceRenderer {
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
    for (let row = 0; row < height; row++) {
      const wy = (y0 + row * dy) * pose.scale;
      const from = row * width;
      for (let column = 0; column < width; column++) {
        const wx = (x0 + column * dx) * pose.scale;
        x[from + column] = c * wx + s * wy;
        y[from + column] = c * wy - s * wx;
      }
      const rows = [x, y, dz, texture].map((array) => array.subarray(from, from + width));
      this.#warp.row(rows, width, y0 + row * dy, x0, dx);
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

/** Points within the right and the left lung, on a coarse grid that is the same whatever grid is rendered. */
function lungPoints(params: PhantomParams): { right: Vec3[]; left: Vec3[] } {
  const step = 6 * params.pose.scale;
  const { centre } = params.pose;
  const size: Vec3 = [56, 44, 1];
  const renderer = new SliceRenderer(params, {
    size,
    spacing: [step, step, step],
    first: [centre[0] - 27.5 * step, centre[1] - 22 * step, 0],
  });
  const points: { right: Vec3[]; left: Vec3[] } = { right: [], left: [] };
  for (let z = -110; z < params.lungs.height + 10; z += 6) {
    const worldZ = centre[2] + z * params.pose.scale;
    renderer.place(worldZ);
    renderer.render(worldZ, []);
    const { x, y, dz } = renderer.canvas;
    const midline = sliceOutline(params, z).septumX;
    for (let i = 0; i < x.length; i++) {
      if (renderer.distance[i]! >= -1) continue;
      (x[i]! > midline ? points.left : points.right).push([x[i]!, y[i]!, z + dz[i]!]);
    }
  }
  return points;
}

function allShapes(params: PhantomParams): Shape[] {
  const rng = new Rng(params.seed ^ 0x5bd1e995);
  const { right, left } = lungPoints(params);
  const { lungs, mediastinum } = params;
  const z = mediastinum.carina * lungs.height - 22;
  const y = sliceOutline(params, z).spineY - 32;
  const trees = [right, left].flatMap((points, n) =>
    growVesselTree(
      {
        root: [n === 0 ? -34 : 34, y, z],
        points,
        tips: lungs.vesselCount,
        tipRadius: lungs.vesselRadius,
        maximumRadius: 6.5,
        hu: Math.max(30, mediastinum.venousHu * 0.8),
      },
      rng,
    ),
  );
  return [
    ...abdominalShapes(params, rng),
    ...cardiacShapes(params),
    ...trees,
    ...lesionShapes(params, [...right, ...left]),
    ...airwayShapes(params),
    ...skeletonShapes(params),
  ];
}

/**
 * Renders a phantom: its image in HU and its labels. Label voxels are those whose centre, averaged over the slice's
 * thickness, lies within a lung; vessels and lesions inside a lung belong to it; the trachea, the main bronchi, fluid
 * and free air in the chest do not.
 *
 * @param params from {@link samplePhantomParams}, or written by hand
 * @param geometry the grid; the parameters' own by default
 * @throws UnsupportedError when the grid's axes are oblique to the patient's
 * @example
 * const { image, label } = renderPhantom(samplePhantomParams(new Rng(1)));
 */
export function renderPhantom(
  params: PhantomParams,
  geometry: Geometry = createGeometry(params.grid),
): Phantom {
  const grid = worldGridOf(geometry);
  const { scanner, pose, lungs } = params;
  const [width, height, depth] = grid.size;
  const renderer = new SliceRenderer(params, grid);
  const model = new ScannerModel(
    scanner,
    params.seed ^ 0x2545f491,
    width,
    height,
    grid.spacing[0],
    grid.spacing[1],
  );
  const shapes = allShapes(params).map((shape) => ({ shape, reach: reachOf(shape) }));
  const count = voxelCount(geometry);
  const image = new Int16Array(count);
  const label = new Uint8Array(count);
  const leftRight = new Uint8Array(count);
  const sum = new Float32Array(width * height);
  const distance = new Float32Array(width * height);
  const parts = scanner.sliceThickness > 2.2 ? 2 : 1;
  const slack = renderer.canvas.slack;
  const frame = (worldZ: number): number => (worldZ - pose.centre[2]) / pose.scale;
  const circle = scanner.circleRadius ** 2;
  const middle = [
    grid.first[0] + ((width - 1) * grid.spacing[0]) / 2,
    grid.first[1] + ((height - 1) * grid.spacing[1]) / 2,
  ] as const;
  for (let k = 0; k < depth; k++) {
    const worldZ = grid.first[2] + k * grid.spacing[2];
    renderer.place(worldZ);
    sum.fill(0);
    distance.fill(0);
    for (let part = 0; part < parts; part++) {
      const at = worldZ + ((part + 0.5) / parts - 0.5) * scanner.sliceThickness;
      const z = frame(at);
      const active = shapes
        .filter(({ reach }) => z > reach[0] - slack && z < reach[1] + slack)
        .map(({ shape }) => shape);
      renderer.render(at, active);
      const { hu } = renderer.canvas;
      for (let i = 0; i < sum.length; i++) {
        sum[i] = sum[i]! + hu[i]! / parts;
        distance[i] = distance[i]! + renderer.distance[i]!;
      }
    }
    const t = frame(worldZ) / lungs.height;
    model.acquire(sum, Math.max(0, 1 - Math.abs(t - 1) * 4));
    const midline = sliceOutline(params, frame(worldZ)).septumX;
    const { x } = renderer.canvas;
    for (let row = 0, i = 0; row < height; row++) {
      const wy = grid.first[1] + row * grid.spacing[1] - middle[1];
      let to = grid.start + row * grid.stride[1] + k * grid.stride[2];
      for (let column = 0; column < width; column++, i++, to += grid.stride[0]) {
        const value = sum[i]!;
        image[to] = value < -1024 ? -1024 : value > 3071 ? 3071 : Math.round(value);
        if (distance[i]! < 0) {
          label[to] = 1;
          leftRight[to] = x[i]! > midline ? 2 : 1;
        }
        if (circle > 0) {
          const wx = grid.first[0] + column * grid.spacing[0] - middle[0];
          if (wx * wx + wy * wy > circle) {
            image[to] = scanner.paddingHu;
            label[to] = 0;
            leftRight[to] = 0;
          }
        }
      }
    }
  }
  return {
    image: createVolume(image, geometry),
    label: createVolume(label, geometry, 'label'),
    leftRight: createVolume(leftRight, geometry, 'label'),
    params,
  };
}
