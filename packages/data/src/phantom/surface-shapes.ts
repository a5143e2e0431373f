import type { Rng, Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, rod, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { Tissue, tissues } from './tissue.js';

const OUTSIDE = tissues('outside');
const LIMB = tissues('table', 'wall');

/** What is added to the trunk's outside: arms, breasts, and leads on the skin. */
export function surfaceShapes(params: PhantomParams, rng: Rng): Shape[] {
  return [
    ...[-1, 1].flatMap((side) => [...arm(params, side), ...breast(params, side)]),
    ...leads(params, rng),
  ];
}

function arm({ body, lungs, ...rest }: PhantomParams, side: number): Shape[] {
  const top = lungs.height;
  const acromion = sliceOutline({ body, lungs, ...rest }, 0.95 * top).bodyHalfWidth;
  const { armsUp: raised, boneHu: bone } = body;
  const shoulder: Vec3 = [side * (acromion - 30), 10, top + (raised ? 22 : -12)];
  const start: Vec3 = raised ? [side * (acromion - 28), 6, top + 10] : [side * (acromion - 8), 10, top - 30];
  const hand: Vec3 = raised
    ? [side * (acromion - 55), -10, top + 330]
    : [side * (Math.max(acromion, body.cageHalfWidth + 30 + body.fat) + 34), 15, -260];
  const r = 38 + 0.4 * body.fat;
  const over = LIMB;
  return [
    rod(start, hand, r + 2, r - 6, { hu: body.fatHu, over: OUTSIDE, becomes: Tissue.table, edge: 1.5 }),
    rod(start, hand, r - 5 - 0.2 * body.fat, r - 12, { hu: body.muscleHu, over, edge: 1.5 }),
    ball(shoulder, [23, 23, 24], { hu: bone, over, edge: 1.2 }),
    ball(shoulder, [20, 20, 21], { hu: 0.42 * bone, over, edge: 1.2 }),
    rod(shoulder, hand, 12, 11, { hu: bone, over, edge: 1 }),
    rod(shoulder, hand, 8, 7, { hu: 0.42 * bone, over, edge: 1 }),
  ];
}

function breast(params: PhantomParams, side: number): Shape[] {
  const { body, lungs } = params;
  const b = body.breast;
  if (b <= 0) return [];
  const z = 0.3 * lungs.height;
  const { bodyFront, cageHalfDepth } = sliceOutline(params, z);
  const centre: Vec3 = [side * 0.58 * body.cageHalfWidth, bodyFront + 0.14 * cageHalfDepth + 8, z];
  const fat = { hu: body.fatHu, over: OUTSIDE, becomes: Tissue.table, edge: 1.5 };
  const gland = { hu: -20, over: LIMB, edge: 6, ragged: 0.4, keep: 0.3 };
  return [
    ball(centre, [58 * b + 14, 44 * b + 6, 62 * b + 12], fat),
    ball(centre, [34 * b, 28 * b, 36 * b], gland),
  ];
}

function leads(params: PhantomParams, rng: Rng): Shape[] {
  const shapes: Shape[] = [];
  for (let n = 0; n < params.table.wires; n++) {
    const hu = rng.uniform(200, 3000);
    let at: Vec3 | undefined;
    const wander = rng.uniform(-0.6, 0.6);
    const from = rng.uniform(-0.3, 0.5) * params.lungs.height;
    for (let step = 0; step < 8; step++) {
      const z = from + step * 22;
      const { bodyHalfWidth, bodyFront, bodyBack } = sliceOutline(params, z);
      const angle = wander + 0.12 * step + rng.normal(0, 0.05);
      const depth = (bodyBack - bodyFront) / 2;
      const next: Vec3 = [
        Math.sin(angle) * (bodyHalfWidth + 8),
        (bodyFront + bodyBack) / 2 - Math.cos(angle) * (depth + 8),
        z,
      ];
      if (at !== undefined) {
        shapes.push(rod(at, next, 1.2, 1.2, { hu, over: OUTSIDE, becomes: Tissue.table }));
      }
      at = next;
    }
  }
  return shapes;
}
