import type { Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, rod, type Paint, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { tissues } from './tissue.js';

const MEDIASTINUM = tissues('mediastinum');
const ABDOMEN = tissues('abdomen');

/** Heart and great vessels. */
export function cardiacShapes(params: PhantomParams): Shape[] {
  const { mediastinum: m, lungs, body } = params;
  const paint = (hu: number): Paint => ({ hu, over: MEDIASTINUM, edge: 1.5 });
  const [hx, hy, hz] = m.heart.centre;
  const [ra, rb, rc] = m.heart.radii;
  const carinaZ = m.carina * lungs.height;
  const at = (z: number): { spineY: number; front: number } => {
    const o = sliceOutline(params, z);
    return { spineY: o.spineY, front: o.cageY - o.cageHalfDepth };
  };
  const spine = at(carinaZ).spineY;
  const arch = carinaZ + 28;
  const r = m.aortaRadius;
  const root: Vec3 = [hx - 34, hy - 2, hz + 0.45 * rc];
  const shapes: Shape[] = [
    ball(m.heart.centre, [ra - 2, rb - 2, rc - 2], { ...paint(body.muscleHu), turn: -0.7 }),
    ball([hx + 12, hy - 10, hz], [0.5 * ra, 0.42 * rb, 0.6 * rc], {
      ...paint(m.aortaHu),
      turn: -0.7,
      edge: 4,
      ragged: 0.15,
    }),
    ball([hx - 36, hy + 8, hz + 4], [0.42 * ra, 0.5 * rb, 0.62 * rc], {
      ...paint(m.venousHu),
      edge: 4,
      ragged: 0.15,
    }),
    ball([hx - 8, hy + 24, hz + 16], [0.5 * ra, 0.32 * rb, 0.4 * rc], {
      ...paint(m.aortaHu),
      edge: 4,
      ragged: 0.1,
    }),
    rod(root, [-16, at(arch).front + 42, arch - 14], r + 1, r, paint(m.aortaHu)),
    rod([-16, at(arch).front + 42, arch - 14], [2, spine - 50, arch], r, r, paint(m.aortaHu)),
    rod([2, spine - 50, arch], [20, spine - 18, arch - 8], r, r - 1, paint(m.aortaHu)),
    rod(
      [-26, spine - 52, carinaZ - 30],
      [-24, at(arch + 30).front + 42, lungs.height - 20],
      9,
      7,
      paint(m.venousHu),
    ),
    rod([8, hy - 22, hz + 0.5 * rc], [14, hy - 6, carinaZ - 14], 14, 12, paint(m.venousHu)),
    rod([12, spine - 44, carinaZ - 16], [-34, spine - 34, carinaZ - 22], 11, 8, paint(m.venousHu)),
    rod([14, spine - 44, carinaZ - 12], [36, spine - 24, carinaZ - 14], 11, 8, paint(m.venousHu)),
    rod([2, spine - 44, arch + 8], [20, spine - 30, lungs.height + 10], 5, 4, paint(m.aortaHu)),
    rod([-8, spine - 50, arch + 8], [-20, spine - 42, lungs.height + 10], 6, 4, paint(m.aortaHu)),
    rod([-30, at(0).spineY - 34, hz - 10], [-20, at(-200).spineY - 26, -220], 11, 11, {
      ...paint(m.venousHu),
      over: MEDIASTINUM | ABDOMEN,
    }),
  ];
  for (let z = arch - 10; z > -300; z -= 30) {
    const [p, q] = [at(z).spineY - 15, at(z - 30).spineY - 15];
    shapes.push(
      rod([22, p, z], [z < 40 ? 14 : 22, q, z - 30], r - 1, r - 1.5, {
        ...paint(m.aortaHu),
        over: MEDIASTINUM | ABDOMEN,
      }),
    );
  }
  for (const side of [-1, 1]) {
    const hilum: Vec3 = [side * 34, spine - 32, carinaZ - 22];
    shapes.push(ball(hilum, [9, 8, 14], { ...paint(m.venousHu), edge: 3, ragged: 0.2 }));
  }
  return shapes;
}
