import type { Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { rod, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { Tissue, tissues } from './tissue.js';

const MEDIASTINUM = tissues('mediastinum');

/** Trachea, main bronchi with their walls, and the oesophagus. */
export function airwayShapes(params: PhantomParams): Shape[] {
  const { mediastinum: m, lungs } = params;
  const over = tissues('wall', 'mediastinum', 'lung', 'fluid', 'freeAir', 'hollow');
  const carina = m.carina * lungs.height;
  const r = m.tracheaRadius;
  const front = (z: number): number => sliceOutline(params, z).spineY - 20 - r;
  const path: Vec3[] = [];
  for (let n = 0; n <= 8; n++) {
    const z = carina + ((lungs.height + 150 - carina) * n) / 8;
    const high = Math.min(1, n / 5);
    path.push([m.tracheaShift * high * (1 - high) * 4, front(Math.min(z, lungs.height + 60)) - 8 * high, z]);
  }
  const y = path[0]![1];
  const split = path[0]!;
  const right: Vec3 = [-26, y + 4, carina - 20];
  const left: Vec3 = [32, y + 9, carina - 26];
  const tubes: [Vec3, Vec3, number, number][] = [
    [split, right, r * 0.82, r * 0.68],
    [split, left, r * 0.78, r * 0.62],
    [right, [-42, y + 10, carina - 42], r * 0.55, r * 0.36],
    [right, [-46, y, carina - 16], r * 0.45, r * 0.3],
    [left, [48, y + 16, carina - 46], r * 0.5, r * 0.34],
    [left, [50, y + 2, carina - 24], r * 0.42, r * 0.3],
  ];
  for (let n = 0; n < 8; n++) tubes.push([path[n]!, path[n + 1]!, r, r]);
  const wall = { hu: 25, over, becomes: Tissue.mediastinum, edge: 1 };
  const lumen = { hu: -985, over, becomes: Tissue.hollow, edge: 1, flat: 1.1 };
  const shapes: Shape[] = tubes.map(([p, q, r0, r1]) =>
    rod(p, q, r0 + 1.8, r1 + 1.4, { ...wall, flat: 1.1 }),
  );
  shapes.push(...tubes.map(([p, q, r0, r1]) => rod(p, q, r0, r1, lumen)));
  // The oesophagus runs between trachea and spine, often with a little air.
  for (let z = lungs.height + 60; z > -10; z -= 35) {
    const [p, q] = [sliceOutline(params, z).spineY, sliceOutline(params, z - 35).spineY];
    const from: Vec3 = [5, p - 26, z];
    const to: Vec3 = [5, q - 26, z - 35];
    shapes.push(rod(from, to, 6, 6, { hu: 30, over: MEDIASTINUM }));
    if (Math.abs(Math.sin(z * 1.7 + m.tracheaShift)) < m.oesophagusAir) {
      shapes.push(rod(from, to, 2.5, 2.5, { hu: -950, over: MEDIASTINUM, becomes: Tissue.hollow }));
    }
  }
  return shapes;
}
