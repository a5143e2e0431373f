import type { PhantomParams } from './phantom-params.js';
import type { Canvas } from './shapes.js';
import type { SliceOutline } from './slice-outline.js';
import { Tissue } from './tissue.js';

// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { abs, cos, floor, min, sin, sqrt, tan } = Math;

/** What the base pass needs beside the canvas. */
export interface ClassifyInput {
  readonly params: PhantomParams;
  readonly outline: SliceOutline;
  /** The table's surface under each pixel column, in world mm towards gravity; Infinity where there is none. */
  readonly tableAt: Float32Array;
  /** Each row's position towards gravity, in world mm. */
  readonly rowDown: Float32Array;
  /** Written: signed distance to the lungs' surface in mm, negative inside. */
  readonly lungDistance: Float32Array;
}

/**
 * The base pass over a slice: outside air, wall with fat, muscle and ribs, lungs, mediastinum, abdomen, fluid and
 * free air, from signed distances to smoothly joined solids; painted shapes come on top.
 *
 * @see Quilez, Distance functions and smooth minimum, https://iquilezles.org/articles/smin
 */
export function classifySlice(canvas: Canvas, input: ClassifyInput): void {
  const { params, outline: o, tableAt, rowDown, lungDistance } = input;
  const { body, lungs, mediastinum, pathology, pose, table } = params;
  const { x: X, y: Y, dz: DZ, texture, hu, tissue, width, height } = canvas;
  const z0 = o.z;
  const top = lungs.height;
  const steep = lungs.domeSteepness;
  const gravity = pose.prone ? -1 : 1;
  const bodyY = (o.bodyFront + o.bodyBack) / 2;
  const bodyDepth = (o.bodyBack - o.bodyFront) / 2;
  const bodyWidth = o.bodyHalfWidth;
  const bodyMin = min(bodyWidth, bodyDepth);
  const [qBody, qCage] = [body.bodySquareness, body.cageSquareness];
  const cageY = o.cageY;
  const [ribTan, ribCos] = [tan((body.ribTilt * Math.PI) / 180), cos((body.ribTilt * Math.PI) / 180)];
  const ribbed = z0 > -0.5 * top && z0 < 0.98 * top;
  const { fatHu, muscleHu, boneHu, ribPitch } = body;
  const [hx, hy, hz] = mediastinum.heart.centre;
  const [ha, hb, hc] = mediastinum.heart.radii;
  const heartMin = min(ha, hb, hc);
  const [tc, ts] = [cos(-0.7), sin(-0.7)];
  const aortaX = o.spineX + 22;
  const aortaY = o.spineY - 15;
  const aortaR = z0 < mediastinum.carina * top + 22 ? o.aortaRadius + 2.5 : 0;
  const hilumZ = mediastinum.carina * top - 20;
  const hilumR = mediastinum.hilum;
  const { x: mx, y: my, halfWidth: mw, halfDepth: md } = o.column;
  const scarred = pathology.fibrosis;
  const fatMix = mediastinum.fatFraction * 1.2 - 0.6;
  const smin = (a: number, b: number, k: number): number => {
    const h = k - abs(a - b);
    const m = a < b ? a : b;
    return h > 0 ? m - (h * h) / (4 * k) : m;
  };

  for (let row = 0, at = 0; row < height; row++) {
    const down = rowDown[row]!;
    for (let column = 0; column < width; column++, at++) {
      const x = X[at]!;
      const y = Y[at]!;
      lungDistance[at] = 99;
      tissue[at] = Tissue.outside;
      hu[at] = -1000;
      let u = x / bodyWidth;
      let v = (y - bodyY) / bodyDepth;
      let uu = u * u;
      let vv = v * v;
      if (uu > 1.2 || vv > 1.2) continue;
      let skin = (sqrt(uu + vv - qBody * uu * vv) - 1) * bodyMin;
      const press = down - tableAt[column]!;
      if (press > skin) skin = press;
      if (skin > 0) {
        const gap = skin - table.blanketGap - 9 * texture[at]!;
        if (table.blanket && gap > 0 && gap < 1.6 && press < -4) hu[at] = table.blanketHu;
        continue;
      }

      const noise = texture[at]!;
      const z = z0 + DZ[at]!;
      const isLeft = x > o.septumX;
      const half = isLeft ? o.left : o.right;
      u = ((isLeft ? x : -x) - half.centre) / half.halfWidth;
      v = (y - cageY) / half.halfDepth;
      uu = u * u;
      vv = v * v;
      if (uu > 2) uu = 2;
      const vc = vv > 2 ? 2 : vv;
      const rho2 = uu + vc - qCage * uu * vc;
      const rho = sqrt(rho2);
      const cage = (rho - 1) * (half.halfWidth < half.halfDepth ? half.halfWidth : half.halfDepth);

      // The wall: skin, fat, muscle with fatty septa, ribs around the cage.
      const middle = half.open && abs(x) < 36 && y > cageY - o.cageHalfDepth * 0.92 && y < o.spineY;
      if (cage > 0 && !middle) {
        tissue[at] = Tissue.wall;
        const back = 0.5 + (0.5 * (y - bodyY)) / bodyDepth;
        const fat = (body.fat + (body.backFat - body.fat) * back) * (1 + 0.5 * noise);
        let value = muscleHu + 25 * noise;
        if (skin > -1.8) value = 10;
        else if (skin > -fat) value = fatHu;
        else if (noise > 0.42) value = fatHu + 10;
        if (ribbed && cage > 1.5 && cage < 10 && skin < -4) {
          const turn = (z + ribTan * (cageY - y)) / ribPitch + body.ribPhase;
          const p = ((turn - floor(turn) - 0.5) * ribPitch * ribCos) / 6.5;
          const q = (cage - 5.8) / 4;
          const inside = p * p + q * q;
          if (inside < 1) {
            const cartilage = v < -0.72 && z < 0.85 * top;
            value = cartilage ? 115 : inside > 0.45 ? boneHu : 0.45 * boneHu;
          }
        }
        hu[at] = value;
        continue;
      }

      // The diaphragm: a dome that falls towards the cage, farthest at the back.
      let fall =
        v > 0
          ? lungs.recessSide + (lungs.recessBack - lungs.recessSide) * v
          : lungs.recessSide + (lungs.recessSide - lungs.recessFront) * v;
      if (u < 0) fall *= 1 + (u > -1 ? u : -1) * 0.55;
      const dome =
        (isLeft ? lungs.leftDome : lungs.rightDome) - fall * rho2 * (1 - steep + steep * rho2 * rho2);
      const diaphragm = (dome - z) * 0.75;

      // The mediastinum: smooth union of the spine, the column of vessels, the septum, the heart, the aorta and the hila.
      const sx = x - o.spineX;
      const sy = y - o.spineY;
      let med = sy < 0 ? sqrt(sx * sx + sy * sy) - 23 : abs(sx) - 23 - 0.12 * sy;
      const cx = (x - mx) / mw;
      const cy = (y - my) / md;
      med = smin(med, (sqrt(cx * cx + cy * cy) - 1) * mw, 8);
      if (diaphragm < 4) med = smin(med, abs(x - o.septumX) - o.septumHalf, 5);
      const [px, py, pz] = [x - hx, y - hy, z - hz];
      const hu1 = (tc * px + ts * py) / ha;
      const hv1 = (tc * py - ts * px) / hb;
      const hw1 = pz / hc;
      const heart2 = hu1 * hu1 + hv1 * hv1 + hw1 * hw1;
      if (heart2 < 4) med = smin(med, (sqrt(heart2) - 1) * heartMin, 8);
      if (aortaR > 0) {
        const [dx, dy] = [x - aortaX, y - aortaY];
        med = smin(med, sqrt(dx * dx + dy * dy) - aortaR, 6);
      }
      const [gx, gy, gz] = [abs(x) - 34, (y - my) * 0.9, (z - hilumZ) * 0.7];
      if (gz * gz < 1600) med = smin(med, sqrt(gx * gx + gy * gy + gz * gz) - hilumR, 10);

      // Fluid gathers where gravity takes it, free air opposite.
      const wet = isLeft ? pathology.effusionLeft : pathology.effusionRight;
      const airy = isLeft ? pathology.pneumothoraxLeft : pathology.pneumothoraxRight;
      const vg = gravity * v;
      let fluid = -99;
      let air = -99;
      if (wet > 0) {
        const rise = z > 0 ? 1 - (0.8 * z) / top : 1;
        fluid = (vg - 1 + 2 * wet * rise * (1 + 0.4 * uu)) * half.halfDepth;
      }
      if (airy > 0) air = (-vg - 1 + 2 * airy * (1 + 0.3 * uu)) * half.halfDepth;

      let f = cage + 1.2 + (noise > 0.1 ? pathology.pleura * (noise - 0.1) : 0);
      f = -smin(-f, med, 6);
      f = -smin(-f, -diaphragm, 5);
      if (fluid > -90) f = -smin(-f, -fluid, 4);
      if (air > -90) f = -smin(-f, -air, 4);
      if (!half.open || lungs.missing === (isLeft ? 2 : 1)) f = 99;
      lungDistance[at] = f;

      if (f < 0) {
        tissue[at] = Tissue.lung;
        let value = lungs.hu + lungs.dorsalHu * (0.5 + 0.5 * vg) + lungs.textureHu * noise;
        // Fissures: one oblique plane a side, and the right lung's horizontal one.
        const oblique = (z - top * 0.42) * 0.64 - (y - cageY) * 0.77 + 6 * noise;
        if (oblique < 0.6 && oblique > -0.6) value += lungs.fissureHu;
        if (!isLeft && oblique > 0) {
          const level = z - top * 0.45 + 5 * noise;
          if (level < 0.7 && level > -0.7) value += lungs.fissureHu * 0.7;
        }
        // Scars: the zero lines of the texture under the pleura, thicker towards the base.
        if (scarred > 0 && f > -4 - 16 * scarred && z < top * (0.25 + 0.5 * scarred)) {
          const line = 0.06 + 0.1 * scarred;
          if (noise < line && noise > -line) value += (560 * (1 - abs(noise) / line) + 140) * scarred;
        }
        hu[at] = value;
      } else if (diaphragm > 0 && med > -4) {
        tissue[at] = Tissue.abdomen;
        hu[at] = diaphragm < 2.6 || cage > -2.5 ? muscleHu : fatHu + 12 * noise;
      } else if (air > 0 && med > 0) {
        tissue[at] = Tissue.freeAir;
        hu[at] = -990;
      } else if ((fluid > 0 || lungs.missing === (isLeft ? 2 : 1)) && med > 0) {
        tissue[at] = Tissue.fluid;
        hu[at] = pathology.effusionHu + 8 * noise;
      } else {
        tissue[at] = Tissue.mediastinum;
        hu[at] = noise * 0.6 > fatMix ? muscleHu - 5 : fatHu + 8;
      }
    }
  }
}
