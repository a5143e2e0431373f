import { Rng, type Vec3 } from '@lungseg/core';
import { abdominalShapes } from './abdominal-shapes.js';
import { airwayShapes } from './airway-shapes.js';
import { cardiacShapes } from './cardiac-shapes.js';
import { deviceShapes } from './device-shapes.js';
import { headShapes } from './head-shapes.js';
import { lesionShapes } from './lesion-shapes.js';
import type { PhantomParams } from './phantom-params.js';
import type { Shape } from './shapes.js';
import { skeletonShapes } from './skeleton-shapes.js';
import { sliceOutline } from './slice-outline.js';
import { SliceRenderer } from './slice-renderer.js';
import { surfaceShapes } from './surface-shapes.js';
import { growVesselTree } from './vessel-tree.js';

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

/** Every shape that is painted over the base pass, in order. */
export function anatomyOf(params: PhantomParams): Shape[] {
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
    ...headShapes(params),
    ...surfaceShapes(params, rng),
    ...deviceShapes(params),
  ];
}
