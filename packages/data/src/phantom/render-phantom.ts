import { createGeometry, createVolume, voxelCount, type Geometry, type Volume } from '@lungseg/core';
import { anatomyOf } from './anatomy.js';
import type { PhantomParams, PhantomScanner } from './phantom-params.js';
import { ScannerModel } from './scanner.js';
import { reachOf, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { SliceRenderer } from './slice-renderer.js';
import { worldGridOf, type WorldGrid } from './world-grid.js';

// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { abs, max, round } = Math;

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
  const noiseSeed = params.seed ^ 0x2545f491;
  const model = new ScannerModel(scanner, noiseSeed, width, height, grid.spacing[0], grid.spacing[1]);
  const shapes = anatomyOf(params).map((shape) => ({ shape, reach: reachOf(shape) }));
  const count = voxelCount(geometry);
  const voxels: Voxels = {
    image: new Int16Array(count),
    label: new Uint8Array(count),
    leftRight: new Uint8Array(count),
  };
  const slice: Slice = {
    hu: new Float32Array(width * height),
    distance: new Float32Array(width * height),
    x: renderer.canvas.x,
    midline: 0,
  };
  for (let k = 0; k < depth; k++) {
    const worldZ = grid.first[2] + k * grid.spacing[2];
    averageOverThickness(renderer, shapes, params, worldZ, slice);
    const z = (worldZ - pose.centre[2]) / pose.scale;
    model.acquire(slice.hu, max(0, 1 - abs(z / lungs.height - 1) * 4));
    slice.midline = sliceOutline(params, z).septumX;
    store(slice, voxels, grid, k);
  }
  if (scanner.circleRadius > 0) padOutsideCircle(voxels, grid, scanner);
  return {
    image: createVolume(voxels.image, geometry),
    label: createVolume(voxels.label, geometry, 'label'),
    leftRight: createVolume(voxels.leftRight, geometry, 'label'),
    params,
  };
}

interface Voxels {
  readonly image: Int16Array;
  readonly label: Uint8Array;
  readonly leftRight: Uint8Array;
}

interface Slice {
  readonly hu: Float32Array;
  /** Sum of the signed distances to the lungs' surface; negative inside. */
  readonly distance: Float32Array;
  /** The phantom's x of each pixel, left of the midline where larger. */
  readonly x: Float32Array;
  midline: number;
}

/** Renders one or two heights within the slice's thickness, and averages them. */
function averageOverThickness(
  renderer: SliceRenderer,
  shapes: readonly { readonly shape: Shape; readonly reach: readonly [number, number] }[],
  { scanner, pose }: PhantomParams,
  worldZ: number,
  { hu, distance }: Slice,
): void {
  const parts = scanner.sliceThickness > 2.2 ? 2 : 1;
  const { slack, hu: partHu } = renderer.canvas;
  const partDistance = renderer.distance;
  renderer.place(worldZ);
  hu.fill(0);
  distance.fill(0);
  for (let part = 0; part < parts; part++) {
    const at = worldZ + ((part + 0.5) / parts - 0.5) * scanner.sliceThickness;
    const z = (at - pose.centre[2]) / pose.scale;
    const active: Shape[] = [];
    for (const { shape, reach } of shapes) {
      if (z > reach[0] - slack && z < reach[1] + slack) active.push(shape);
    }
    renderer.render(at, active);
    for (let i = 0; i < hu.length; i++) {
      hu[i] = hu[i]! + partHu[i]! / parts;
      distance[i] = distance[i]! + partDistance[i]!;
    }
  }
}

/** Writes a slice of the world's order into the volumes, clipped to [-1024, 3071]. */
function store(slice: Slice, { image, label, leftRight }: Voxels, grid: WorldGrid, k: number): void {
  const { hu, distance, x, midline } = slice;
  const [width, height] = grid.size;
  const step = grid.stride[0];
  for (let row = 0, i = 0; row < height; row++) {
    let to = grid.start + row * grid.stride[1] + k * grid.stride[2];
    for (let column = 0; column < width; column++, i++, to += step) {
      const value = hu[i]!;
      image[to] = value < -1024 ? -1024 : value > 3071 ? 3071 : round(value);
      if (distance[i]! >= 0) continue;
      label[to] = 1;
      leftRight[to] = x[i]! > midline ? 2 : 1;
    }
  }
}

/** Blanks what lies beyond the scanner's circle, which is centred in the grid. */
function padOutsideCircle(
  { image, label, leftRight }: Voxels,
  grid: WorldGrid,
  { circleRadius, paddingHu }: PhantomScanner,
): void {
  const [width, height, depth] = grid.size;
  for (let row = 0; row < height; row++) {
    const y = (row - (height - 1) / 2) * grid.spacing[1];
    for (let column = 0; column < width; column++) {
      const x = (column - (width - 1) / 2) * grid.spacing[0];
      if (x * x + y * y <= circleRadius * circleRadius) continue;
      let to = grid.start + column * grid.stride[0] + row * grid.stride[1];
      for (let k = 0; k < depth; k++, to += grid.stride[2]) {
        image[to] = paddingHu;
        label[to] = 0;
        leftRight[to] = 0;
      }
    }
  }
}
