import type { Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, rod, type Paint, type Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { tissues } from './tissue.js';

const METAL_HU = 3071;
const INSIDE = tissues('wall', 'lung', 'mediastinum', 'abdomen', 'fluid', 'freeAir', 'hollow');
/** Limbs are painted as what lies beside the trunk. */
const SHOULDER = tissues('wall', 'table');

const metal: Paint = { hu: METAL_HU, over: INSIDE, edge: 0.8 };
const plastic: Paint = { hu: 260, over: INSIDE, edge: 0.8 };

/** Tubes, lines and implants. They change HU, not what is lung. */
export function deviceShapes(params: PhantomParams): Shape[] {
  const { devices } = params;
  return [
    ...(devices.trachealTube ? trachealTube(params) : []),
    ...(devices.gastricTube ? gastricTube(params) : []),
    ...(devices.centralLine ? centralLine(params) : []),
    ...(devices.drain > 0 ? drain(params, sideOf(devices.drain)) : []),
    ...(devices.pacemaker > 0 ? pacemaker(params, sideOf(devices.pacemaker)) : []),
    ...(devices.spinalRods ? spinalRods(params) : []),
    ...(devices.shoulderJoint > 0 ? shoulderJoint(params, sideOf(devices.shoulderJoint)) : []),
    ...(devices.sternalWires ? sternalWires(params) : []),
  ];
}

/** 1 right, which lies at negative x; 2 left. */
const sideOf = (code: number): number => (code === 2 ? 1 : -1);

/** Rods from point to point. */
function chain(points: readonly Vec3[], radius: number, how: Paint): Shape[] {
  return points.slice(1).map((point, n) => rod(points[n]!, point, radius, radius, how));
}

function trachealTube({ lungs, mediastinum: m, ...rest }: PhantomParams): Shape[] {
  const params = { lungs, mediastinum: m, ...rest };
  const carina = m.carina * lungs.height;
  const points = Array.from({ length: 7 }, (_, n): Vec3 => {
    const z = carina + 30 + ((lungs.height + 110 - carina) * n) / 6;
    const high = Math.min(1, (z - carina) / (0.625 * (lungs.height + 150 - carina)));
    const y = sliceOutline(params, Math.min(z, lungs.height + 60)).spineY - 20 - m.tracheaRadius - 8 * high;
    return [m.tracheaShift * high * (1 - high) * 4, y, z];
  });
  const radius = 0.62 * m.tracheaRadius;
  return [...chain(points, radius, plastic), ...chain(points, radius - 1.6, { ...plastic, hu: -990 })];
}

function gastricTube(params: PhantomParams): Shape[] {
  const points: Vec3[] = [];
  for (let z = params.lungs.height + 120; z > -30; z -= 30) {
    points.push([5, sliceOutline(params, Math.min(z, params.lungs.height + 60)).spineY - 26, z]);
  }
  return chain(points, 2.2, { ...plastic, hu: 420 });
}

function centralLine(params: PhantomParams): Shape[] {
  const { height } = params.lungs;
  const { y } = sliceOutline(params, 0.75 * height).column;
  const points: Vec3[] = [
    [-30, y - 8, height + 70],
    [-22, y - 6, height],
    [-22, y, 0.8 * height],
    [-22, y, 0.45 * height],
  ];
  return chain(points, 1.3, { ...plastic, hu: 900 });
}

function drain(params: PhantomParams, side: number): Shape[] {
  const { height } = params.lungs;
  const { cageY, cageHalfDepth, bodyHalfWidth } = sliceOutline(params, 0.3 * height);
  const back = cageY + 0.55 * cageHalfDepth;
  const points: Vec3[] = [
    [side * (bodyHalfWidth + 6), cageY + 10, 0.25 * height],
    [side * params.body.cageHalfWidth * 0.88, back - 12, 0.3 * height],
    [side * params.body.cageHalfWidth * 0.72, back, 0.5 * height],
    [side * params.body.cageHalfWidth * 0.5, back, 0.8 * height],
  ];
  return [...chain(points, 4, { ...plastic, hu: 600 }), ...chain(points, 2.6, { ...plastic, hu: -980 })];
}

function pacemaker(params: PhantomParams, side: number): Shape[] {
  const { height } = params.lungs;
  const z = 0.8 * height;
  const { bodyFront, cageY, cageHalfDepth, column } = sliceOutline(params, z);
  const depth = (bodyFront + cageY - cageHalfDepth) / 2;
  const box: Vec3 = [side * 0.55 * params.body.cageHalfWidth, depth + 4, z];
  const { centre } = params.mediastinum.heart;
  const lead: Vec3[] = [
    box,
    [side * 30, column.y - 10, 0.92 * height],
    [-20, column.y, 0.75 * height],
    [-14, centre[1], centre[2] + 20],
    [centre[0], centre[1] - 20, centre[2] - 22],
  ];
  return [ball(box, [24, 5, 22], metal), ...chain(lead, 1.1, { ...metal, hu: 2600 })];
}

function spinalRods(params: PhantomParams): Shape[] {
  const { height } = params.lungs;
  const shapes: Shape[] = [];
  for (const side of [-1, 1]) {
    const points = [0.05, 0.25, 0.45, 0.65].map((t): Vec3 => {
      const z = t * height;
      return [side * 18, sliceOutline(params, z).spineY + 30, z];
    });
    shapes.push(...chain(points, 3, metal));
    for (const [x, y, z] of points) shapes.push(rod([x, y, z], [side * 8, y - 34, z], 2.6, 2.2, metal));
  }
  return shapes;
}

function shoulderJoint(params: PhantomParams, side: number): Shape[] {
  const { height } = params.lungs;
  const x = side * (sliceOutline(params, 0.95 * height).bodyHalfWidth - 30);
  const centre: Vec3 = [x, 10, height + (params.body.armsUp ? 22 : -12)];
  return [ball(centre, [21, 21, 21], { ...metal, over: SHOULDER })];
}

function sternalWires(params: PhantomParams): Shape[] {
  return [0.35, 0.47, 0.59, 0.7].map((t) => {
    const z = t * params.lungs.height;
    const { cageY, cageHalfDepth } = sliceOutline(params, z);
    const y = cageY - cageHalfDepth - 9;
    return rod([-12, y, z], [12, y, z + 3], 0.9, 0.9, metal);
  });
}
