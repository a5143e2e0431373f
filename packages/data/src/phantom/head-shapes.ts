import type { Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, rod, type Paint, type Shape } from './shapes.js';
import { Tissue, tissues } from './tissue.js';

const HEAD = tissues('wall', 'mediastinum', 'hollow');

/** The skull with brain, eyes, jaw, teeth, and the air of nose and sinuses, which must not be taken for lung. */
export function headShapes({ body, lungs }: PhantomParams): Shape[] {
  const base = lungs.height;
  const bone = Math.min(1600, 1.6 * body.boneHu);
  const at = (x: number, y: number, z: number): Vec3 => [x, y, base + z];
  const air: Paint = { hu: -990, over: HEAD, becomes: Tissue.hollow, edge: 1 };
  const solid = (hu: number): Paint => ({ hu, over: HEAD, edge: 1.2 });
  return [
    ball(at(0, 8, 242), [68, 86, 82], solid(bone)),
    ball(at(0, 8, 242), [62, 80, 76], solid(34)),
    ...bothSides((side) => [
      ball(at(side * 12, 6, 250), [6, 28, 10], solid(6)),
      ball(at(side * 30, -64, 208), [13, 12, 13], solid(12)),
      ball(at(side * 24, -52, 178), [13, 15, 15], air),
      ball(at(side * 11, -72, 226), [9, 6, 8], air),
      ball(at(side * 58, 22, 190), [9, 16, 18], solid(0.8 * bone)),
      ball(at(side * 58, 22, 190), [7, 13, 15], { hu: -550, over: HEAD, edge: 3, ragged: 0.6 }),
      rod(at(side * 48, -8, 165), at(side * 12, -76, 138), 7, 6, solid(bone)),
      rod(at(side * 26, -52, 150), at(side * 10, -72, 150), 6, 5, solid(1500)),
    ]),
    rod(at(0, -76, 172), at(0, -20, 172), 9, 12, { ...air, flat: 0.6 }),
    rod(at(0, -20, 172), at(0, 2, 130), 10, 9, air),
  ];
}

function bothSides(shapes: (side: number) => Shape[]): Shape[] {
  return [-1, 1].flatMap(shapes);
}
