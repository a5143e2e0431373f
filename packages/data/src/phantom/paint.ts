import type { Canvas, Capsule, Ellipsoid, Shape } from './shapes.js';

// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { abs, ceil, cos, floor, max, min, sin, sqrt } = Math;

/** Paints a shape into a slice. */
export function paint(canvas: Canvas, shape: Shape): void {
  if (shape.type === 'ellipsoid') paintEllipsoid(canvas, shape);
  else paintCapsule(canvas, shape);
}

/** Pixels around a box of the frame, grown by the displacement: column from, to, row from, to. */
function windowOf(
  canvas: Canvas,
  x0: number,
  x1: number,
  y0: number,
  y1: number,
): [number, number, number, number] {
  const { toColumn: c, toRow: r, slack, width, height } = canvas;
  const [cx, cy, hx, hy] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2 + slack, (y1 - y0) / 2 + slack];
  const column = c[0] * cx + c[1] * cy + c[2];
  const row = r[0] * cx + r[1] * cy + r[2];
  const wide = abs(c[0]) * hx + abs(c[1]) * hy + 1;
  const high = abs(r[0]) * hx + abs(r[1]) * hy + 1;
  return [
    max(0, floor(column - wide)),
    min(width - 1, ceil(column + wide)),
    max(0, floor(row - high)),
    min(height - 1, ceil(row + high)),
  ];
}

function paintEllipsoid(canvas: Canvas, shape: Ellipsoid): void {
  const { x, y, dz, texture, hu, tissue, z, width, pixel } = canvas;
  const { centre, radii, over, hu: value, becomes = -1, ragged = 0, keep = 0, above = 1e9 } = shape;
  const [turn, tilt] = [shape.turn ?? 0, shape.tilt ?? 0];
  const [ct, st, cl, sl] = [cos(turn), sin(turn), cos(tilt), sin(tilt)];
  const [cx, cy, cz] = centre;
  const [rx, ry, rz] = [1 / radii[0], 1 / radii[1], 1 / radii[2]];
  const smallest = min(...radii);
  const edge = max(shape.edge ?? pixel, pixel * 0.5);
  const gain = smallest / edge;
  const grown = (turn === 0 && tilt === 0 ? 0 : max(...radii)) || 0;
  const bx = max(radii[0], grown) * (1 + ragged) + edge;
  const by = max(radii[1], grown) * (1 + ragged) + edge;
  const limit = (1 + ragged + 0.5 / gain) ** 2;
  const [c0, c1, r0, r1] = windowOf(canvas, cx - bx, cx + bx, cy - by, cy + by);
  for (let row = r0; row <= r1; row++) {
    for (let at = row * width + c0, last = row * width + c1; at <= last; at++) {
      if (((over >> tissue[at]!) & 1) === 0) continue;
      const px = x[at]! - cx;
      const py = y[at]! - cy;
      if (py > above) continue;
      const pz = z + dz[at]! - cz;
      const qx = ct * px + st * py;
      const v = (ct * py - st * px) * ry;
      const u = (cl * qx + sl * pz) * rx;
      const w = (cl * pz - sl * qx) * rz;
      const d2 = u * u + v * v + w * w;
      if (d2 > limit) continue;
      const d = sqrt(d2) + ragged * texture[at]!;
      const cover = 0.5 - (d - 1) * gain;
      if (cover <= 0) continue;
      const full = cover < 1 ? cover : 1;
      hu[at] = hu[at]! + full * (1 - keep) * (value - hu[at]!);
      if (becomes >= 0 && cover >= 0.5) tissue[at] = becomes;
    }
  }
}

function paintCapsule(canvas: Canvas, shape: Capsule): void {
  const { x, y, dz, hu, tissue, z, width, pixel } = canvas;
  const { from, to, r0: ra, r1: rb, over, hu: value, becomes = -1, keep = 0, flat = 1 } = shape;
  const [ax, ay, az] = from;
  const [bx, by, bz] = [to[0] - ax, to[1] - ay, to[2] - az];
  const inverse = 1 / max(1e-6, bx * bx + by * by + bz * bz);
  const edge = max(shape.edge ?? pixel, pixel * 0.5);
  const r = max(ra, rb) + edge;
  // Only the part of the axis near the slice matters: a long oblique rod touches few pixels.
  let [t0, t1] = [0, 1];
  const slackZ = r + canvas.slack;
  if (abs(bz) > 1e-6) {
    const [p, q] = [(z - slackZ - az) / bz, (z + slackZ - az) / bz];
    t0 = max(0, min(p, q));
    t1 = min(1, max(p, q));
    if (t0 > t1) return;
  } else if (abs(z - az) > slackZ) return;
  const [xa, xb, ya, yb] = [ax + t0 * bx, ax + t1 * bx, ay + t0 * by, ay + t1 * by];
  const high = r / flat;
  const window = windowOf(canvas, min(xa, xb) - r, max(xa, xb) + r, min(ya, yb) - high, max(ya, yb) + high);
  for (let row = window[2]; row <= window[3]; row++) {
    for (let at = row * width + window[0], last = row * width + window[1]; at <= last; at++) {
      if (((over >> tissue[at]!) & 1) === 0) continue;
      const px = x[at]! - ax;
      const py = y[at]! - ay;
      const pz = z + dz[at]! - az;
      let t = (px * bx + py * by + pz * bz) * inverse;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      const ux = px - t * bx;
      const uy = (py - t * by) * flat;
      const uz = pz - t * bz;
      const radius = ra + t * (rb - ra);
      const far = radius + edge;
      const d2 = ux * ux + uy * uy + uz * uz;
      if (d2 > far * far) continue;
      const cover = 0.5 - (sqrt(d2) - radius) / edge;
      if (cover <= 0) continue;
      const full = cover < 1 ? cover : 1;
      hu[at] = hu[at]! + full * (1 - keep) * (value - hu[at]!);
      if (becomes >= 0 && cover >= 0.5) tissue[at] = becomes;
    }
  }
}
