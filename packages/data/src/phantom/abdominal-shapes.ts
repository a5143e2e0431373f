import type { Rng, Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, type Shape } from './shapes.js';
import { Tissue, tissues } from './tissue.js';

const ABDOMEN = tissues('abdomen');

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
    shapes.push(ball(centre, radii, { hu: soft - 10, over: ABDOMEN, turn, ragged: 0.08, edge: 2 }));
    if (!rng.bernoulli(abdomen.bowelGas)) continue;
    const gas: Vec3 = [radii[0] - 2.5, radii[1] - 2.5, radii[2] - 2.5];
    const above = rng.bernoulli(0.5) ? rng.uniform(-0.4, 0.7) * r : 1e9;
    shapes.push(
      ball(centre, gas, {
        hu: -985,
        over: ABDOMEN,
        becomes: Tissue.hollow,
        turn,
        ragged: 0.08,
        edge: 1.5,
        above,
      }),
    );
  }
  const liverBottom = -abdomen.liverHeight;
  shapes.push(
    ball([-0.5 * a, 2, liverBottom / 2 + 10], [0.7 * a, 1.2 * b, -liverBottom / 2 + 35], {
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
