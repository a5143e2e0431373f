import type { Rng, Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import type { Capsule, Ellipsoid, Paint, Shape } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { Tissue, tissues } from './tissue.js';

const rod = (from: Vec3, to: Vec3, r0: number, r1: number, paint: Paint & { flat?: number }): Capsule => ({
  type: 'capsule',
  from,
  to,
  r0,
  r1,
  ...paint,
});
const ball = (centre: Vec3, radii: Vec3, paint: Paint & { turn?: number; tilt?: number }): Ellipsoid => ({
  type: 'ellipsoid',
  centre,
  radii,
  ...paint,
});

const MEDIASTINUM = tissues('mediastinum');
const ABDOMEN = tissues('abdomen');
const SOLID = tissues('wall', 'mediastinum', 'abdomen');

/** Liver, spleen, kidneys, stomach and bowel, in the order in which they are painted. */
export function abdominalShapes(params: PhantomParams, rng: Rng): Shape[] {
  const { abdomen, body, lungs } = params;
  const a = body.cageHalfWidth;
  const b = body.cageHalfDepth;
  const shapes: Shape[] = [];
  const soft = body.muscleHu;
  for (let n = 0; n < abdomen.bowelLoops; n++) {
    const low = rng.uniform();
    const centre: Vec3 = [
      rng.uniform(-0.75, 0.8) * a,
      rng.uniform(-0.75, 0.25) * b,
      low < 0.3 ? rng.uniform(-110, -45) : rng.uniform(-420, -110),
    ];
    if (low < 0.3) (centre as [number, number, number])[0] = rng.uniform(0.05, 0.8) * a;
    const r = rng.uniform(11, 30);
    const radii: Vec3 = [r * rng.uniform(0.8, 1.7), r, r * rng.uniform(0.8, 1.8)];
    const turn = rng.uniform(-1, 1);
    shapes.push(ball(centre, radii, { hu: soft - 10, over: ABDOMEN, turn, ragged: 0.25, edge: 2 }));
    if (!rng.bernoulli(abdomen.bowelGas)) continue;
    const gas: Vec3 = [radii[0] - 2.5, radii[1] - 2.5, radii[2] - 2.5];
    const above = rng.bernoulli(0.5) ? rng.uniform(-0.4, 0.7) * r : 1e9;
    shapes.push(
      ball(centre, gas, {
        hu: -985,
        over: ABDOMEN,
        becomes: Tissue.hollow,
        turn,
        ragged: 0.25,
        edge: 1.5,
        above,
      }),
    );
  }
  const liverBottom = -abdomen.liverHeight;
  shapes.push(
    ball([-0.5 * a, 2, liverBottom / 2 + 10], [0.62 * a, 1.1 * b, -liverBottom / 2 + 25], {
      hu: abdomen.liverHu,
      over: ABDOMEN,
      ragged: 0.08,
      edge: 2,
    }),
    ball([0.02 * a, -0.35 * b, -48], [0.55 * a, 0.5 * b, 50], {
      hu: abdomen.liverHu,
      over: ABDOMEN,
      ragged: 0.1,
      edge: 2,
      tilt: 0.3,
    }),
  );
  const kidney = { hu: abdomen.kidneyHu, over: ABDOMEN, edge: 2, ragged: 0.06 };
  shapes.push(
    ball([-0.5 * a, 0.5 * b, -135], [27, 24, 52], kidney),
    ball([0.5 * a, 0.5 * b, -122], [27, 24, 52], kidney),
  );
  const dome = lungs.leftDome;
  const s = abdomen.stomach;
  const stomach: Vec3 = [0.42 * a, -0.18 * b, dome - 12 - 38 * s];
  const radii: Vec3 = [46 * s, 52 * s, 42 * s];
  shapes.push(ball(stomach, radii, { hu: soft - 20, over: ABDOMEN, ragged: 0.12, edge: 2 }));
  if (abdomen.stomachGas > 0) {
    const inner: Vec3 = [radii[0] - 4, radii[1] - 4, radii[2] - 4];
    const above = (-1 + 2 * abdomen.stomachGas) * inner[1];
    shapes.push(
      ball(stomach, inner, {
        hu: -985,
        over: ABDOMEN,
        becomes: Tissue.hollow,
        ragged: 0.12,
        edge: 1.2,
        above,
      }),
    );
  }
  shapes.push(
    ball([0.72 * a, 0.42 * b, dome - 50], [30, 38, 46], {
      hu: abdomen.spleenHu,
      over: ABDOMEN,
      edge: 2,
      ragged: 0.1,
    }),
  );
  return shapes;
}

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

/** Vertebrae, sternum, clavicles, shoulder blades, arms, breasts' glands. */
export function skeletonShapes(params: PhantomParams): Shape[] {
  const { body, lungs } = params;
  const top = lungs.height;
  const bone = body.boneHu;
  const marrow = 0.42 * bone;
  const shapes: Shape[] = [];
  const solid = (hu: number): Paint => ({ hu, over: SOLID, edge: 1.2 });
  for (let z = -420, height = 31; z < top + 150; z += height) {
    height = z < 0 ? 31 : z < top - 20 ? 23 : 17;
    const r = z < 0 ? 20 : z < top - 20 ? 16.5 : 11;
    const { spineY: y, cageY, cageHalfDepth } = sliceOutline(params, z + height / 2);
    const inner = 0.25 * height;
    const rim = (r0: number, hu: number): Shape =>
      rod([0, y, z + inner], [0, y, z + height - inner], r0, r0, { ...solid(hu), flat: 1.15 });
    shapes.push(rim(r, bone), rim(r - 2, marrow));
    const behind = y + r + 8;
    shapes.push(
      ball([0, behind + 4, z + height / 2], [17, 9, height * 0.4], solid(0.7 * bone)),
      ball([0, behind + 22, z + height / 2 - 8], [3.6, 17, height * 0.35], solid(0.7 * bone)),
    );
    if (z > -120 && z < top) {
      const back = cageY + cageHalfDepth;
      for (const side of [-1, 1]) {
        shapes.push(
          rod(
            [side * 12, behind, z + height / 2],
            [side * 34, back + 3, z + height / 2],
            5,
            4.5,
            solid(0.6 * bone),
          ),
        );
      }
    }
  }
  for (let z = -440; z < top + 160; z += 60) {
    const y = (h: number): number => sliceOutline(params, h).spineY + (h < 0 ? 26 : 23);
    shapes.push(rod([0, y(z), z], [0, y(z + 60), z + 60], 7.5, 7.5, { hu: 25, over: SOLID }));
  }
  const front = (z: number): number => {
    const o = sliceOutline(params, z);
    return o.cageY - o.cageHalfDepth;
  };
  for (let z = 0.25 * top; z < 0.86 * top; z += 0.1 * top) {
    const wide = z > 0.72 * top ? 24 : 15;
    shapes.push(ball([0, front(z) - 4, z], [wide, 6.5, 0.08 * top], solid(0.7 * bone)));
    shapes.push(ball([0, front(z) - 4, z], [wide - 2, 4.5, 0.075 * top], solid(marrow)));
  }
  const acromion = sliceOutline(params, 0.95 * top).bodyHalfWidth;
  const up = body.armsUp;
  for (const side of [-1, 1]) {
    const tip: Vec3 = [side * (acromion - 42), 5, top + (up ? 34 : 8)];
    shapes.push(rod([side * 20, front(0.87 * top) - 2, 0.87 * top], tip, 6.5, 6, solid(bone)));
    shapes.push(rod([side * 20, front(0.87 * top) - 2, 0.87 * top], tip, 3.5, 3.5, solid(marrow)));
    const o = sliceOutline(params, 0.7 * top);
    const blade: Vec3 = [
      side * (0.76 * body.cageHalfWidth + (up ? 22 : 0)),
      o.cageY + 0.72 * o.cageHalfDepth + 18,
      0.68 * top,
    ];
    shapes.push(ball(blade, [34, 4.5, 0.27 * top], { ...solid(bone), turn: -side * 0.65 }));
    shapes.push(ball(blade, [32, 2.5, 0.26 * top], { ...solid(marrow), turn: -side * 0.65 }));
    const shoulder: Vec3 = [side * (acromion - 30), 10, top + (up ? 22 : -12)];
    shapes.push(ball(shoulder, [23, 23, 24], solid(bone)), ball(shoulder, [20, 20, 21], solid(marrow)));
    const hand: Vec3 = up
      ? [side * (acromion - 55), -10, top + 330]
      : [side * (Math.max(acromion, body.cageHalfWidth + 30 + body.fat) + 34), 15, -260];
    const arm = { over: tissues('outside'), edge: 1.5 };
    const r = 38 + 0.4 * body.fat;
    const start: Vec3 = up ? [side * (acromion - 28), 6, top + 10] : [side * (acromion - 8), 10, top - 30];
    shapes.push(rod(start, hand, r + 2, r - 6, { ...arm, hu: body.fatHu, becomes: Tissue.table }));
    const limb = tissues('table', 'wall');
    shapes.push(
      rod(start, hand, r - 5 - 0.2 * body.fat, r - 12, { hu: body.muscleHu, over: limb, edge: 1.5 }),
    );
    shapes.push(rod(shoulder, hand, 12, 11, { hu: bone, over: limb, edge: 1 }));
    shapes.push(rod(shoulder, hand, 8, 7, { hu: marrow, over: limb, edge: 1 }));
    if (body.breast > 0) {
      const b = body.breast;
      const nipple = sliceOutline(params, 0.3 * top);
      const centre: Vec3 = [
        side * 0.58 * body.cageHalfWidth,
        nipple.bodyFront + 0.14 * nipple.cageHalfDepth + 8,
        0.3 * top,
      ];
      shapes.push(
        ball(centre, [58 * b + 14, 44 * b + 6, 62 * b + 12], {
          hu: body.fatHu,
          over: arm.over,
          becomes: Tissue.table,
          edge: 1.5,
          ragged: 0.08,
        }),
      );
      shapes.push(
        ball(centre, [34 * b, 28 * b, 36 * b], {
          hu: -20,
          over: tissues('table', 'wall'),
          edge: 6,
          ragged: 0.5,
          keep: 0.3,
        }),
      );
    }
  }
  return shapes;
}

/** The lesions of a lung, their centres picked among its points. */
export function lesionShapes(params: PhantomParams, points: readonly Vec3[]): Shape[] {
  if (points.length === 0) return [];
  return params.pathology.lesions.flatMap((lesion): Shape[] => {
    const centre = points[Math.floor(lesion.pick * points.length)]!;
    const { kind, radii, hu, raggedness } = lesion;
    const over = tissues('lung');
    const solid = kind === 'nodule' || kind === 'cavity';
    const paint: Paint = {
      hu,
      over,
      ragged: raggedness * (solid ? 0.3 : 0.9),
      edge: solid ? 1.2 : kind === 'emphysema' ? 3 : 8 + 10 * raggedness,
      keep: kind === 'ground-glass' ? 0.35 : 0,
    };
    const shapes: Shape[] = [ball(centre, radii, paint)];
    if (kind === 'cavity') {
      shapes.push(
        ball(centre, [radii[0] * 0.55, radii[1] * 0.55, radii[2] * 0.55], {
          hu: -980,
          over,
          edge: 1.2,
          ragged: 0.2,
        }),
      );
    }
    return shapes;
  });
}
