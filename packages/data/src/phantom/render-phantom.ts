import { createGeometry, createVolume, voxelCount, type Geometry, type Volume } from '@lungseg/core';
import { anatomyOf } from './anatomy.js';
import type { PhantomParams } from './phantom-params.js';
import { ScannerModel } from './scanner.js';
import { reachOf } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { SliceRenderer } from './slice-renderer.js';
import { worldGridOf } from './world-grid.js';

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
  const model = new ScannerModel(
    scanner,
    params.seed ^ 0x2545f491,
    width,
    height,
    grid.spacing[0],
    grid.spacing[1],
  );
  const shapes = anatomyOf(params).map((shape) => ({ shape, reach: reachOf(shape) }));
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
