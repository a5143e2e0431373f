import type { Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, rod, type Paint, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { tissues } from './tissue.js';

const SOLID = tissues('wall', 'mediastinum', 'abdomen');
const solid = (hu: number): Paint => ({ hu, over: SOLID, edge: 1.2 });

/** Spine, sternum, collar bones and shoulder blades; the ribs belong to the base pass. */
export function skeletonShapes(params: PhantomParams): Shape[] {
  return [...spine(params), ...sternum(params), ...shoulderGirdle(params)];
}

function spine(params: PhantomParams): Shape[] {
  const top = params.lungs.height;
  const bone = params.body.boneHu;
  const shapes: Shape[] = [];
  for (let z = -420, height = 31; z < top + 150; z += height) {
    height = z < 0 ? 31 : z < top - 20 ? 23 : 17;
    const r = z < 0 ? 20 : z < top - 20 ? 16.5 : 11;
    const { spineY: y, cageY, cageHalfDepth } = sliceOutline(params, z + height / 2);
    const inner = 0.25 * height;
    const body = (radius: number, hu: number): Shape =>
      rod([0, y, z + inner], [0, y, z + height - inner], radius, radius, { ...solid(hu), flat: 1.15 });
    const behind = y + r + 8;
    const middle = z + height / 2;
    shapes.push(
      body(r, bone),
      body(r - 2, 0.42 * bone),
      ball([0, behind + 4, middle], [17, 9, height * 0.4], solid(0.7 * bone)),
      ball([0, behind + 22, middle - 8], [3.6, 17, height * 0.35], solid(0.7 * bone)),
    );
    if (z < -120 || z > top) continue;
    for (const side of [-1, 1]) {
      const tip: Vec3 = [side * 34, cageY + cageHalfDepth + 3, middle];
      shapes.push(rod([side * 12, behind, middle], tip, 5, 4.5, solid(0.6 * bone)));
    }
  }
  const canalY = (z: number): number => sliceOutline(params, z).spineY + (z < 0 ? 26 : 23);
  for (let z = -440; z < top + 160; z += 60) {
    shapes.push(rod([0, canalY(z), z], [0, canalY(z + 60), z + 60], 7.5, 7.5, { hu: 25, over: SOLID }));
  }
  return shapes;
}

/** The inner surface of the chest's front. */
function frontOf(params: PhantomParams, z: number): number {
  const { cageY, cageHalfDepth } = sliceOutline(params, z);
  return cageY - cageHalfDepth;
}

function sternum(params: PhantomParams): Shape[] {
  const top = params.lungs.height;
  const bone = params.body.boneHu;
  const shapes: Shape[] = [];
  for (let z = 0.25 * top; z < 0.86 * top; z += 0.1 * top) {
    const wide = z > 0.72 * top ? 24 : 15;
    const centre: Vec3 = [0, frontOf(params, z) - 4, z];
    shapes.push(
      ball(centre, [wide, 6.5, 0.08 * top], solid(0.7 * bone)),
      ball(centre, [wide - 2, 4.5, 0.075 * top], solid(0.42 * bone)),
    );
  }
  return shapes;
}

function shoulderGirdle(params: PhantomParams): Shape[] {
  const { body, lungs } = params;
  const top = lungs.height;
  const bone = body.boneHu;
  const acromion = sliceOutline(params, 0.95 * top).bodyHalfWidth;
  const { cageY, cageHalfDepth } = sliceOutline(params, 0.7 * top);
  const raised = body.armsUp;
  return [-1, 1].flatMap((side) => {
    const inner: Vec3 = [side * 20, frontOf(params, 0.87 * top) - 2, 0.87 * top];
    const tip: Vec3 = [side * (acromion - 42), 5, top + (raised ? 34 : 8)];
    const blade: Vec3 = [
      side * (0.76 * body.cageHalfWidth + (raised ? 22 : 0)),
      cageY + 0.72 * cageHalfDepth + 18,
      0.68 * top,
    ];
    const turn = -side * 0.65;
    return [
      rod(inner, tip, 6.5, 6, solid(bone)),
      rod(inner, tip, 3.5, 3.5, solid(0.42 * bone)),
      ball(blade, [34, 4.5, 0.27 * top], { ...solid(bone), turn }),
      ball(blade, [32, 2.5, 0.26 * top], { ...solid(0.42 * bone), turn }),
    ];
  });
}
