import type { PhantomParams } from './phantom-params.js';

/** Cross-section of one half of the chest's cage: a rounded ellipse. */
export interface HalfCage {
  /** Distance of its centre from the midline. */
  readonly centre: number;
  readonly halfWidth: number;
  readonly halfDepth: number;
  /** False above the lung's apex. */
  readonly open: boolean;
}

/** The outlines at one height of the phantom's frame, in mm. */
export interface SliceOutline {
  readonly z: number;
  readonly right: HalfCage;
  readonly left: HalfCage;
  readonly cageY: number;
  readonly cageHalfDepth: number;
  readonly spineY: number;
  readonly spineX: number;
  readonly bodyHalfWidth: number;
  readonly bodyFront: number;
  readonly bodyBack: number;
  readonly column: {
    readonly x: number;
    readonly y: number;
    readonly halfWidth: number;
    readonly halfDepth: number;
  };
  readonly septumX: number;
  readonly septumHalf: number;
  readonly aortaRadius: number;
}

type Knots = readonly (readonly [position: number, value: number])[];

/** A smooth curve through knots of rising position, level beyond the ends. */
export function throughKnots(knots: Knots, at: number): number {
  const last = knots.length - 1;
  if (at <= knots[0]![0]) return knots[0]![1];
  if (at >= knots[last]![0]) return knots[last]![1];
  let k = 0;
  while (at > knots[k + 1]![0]) k++;
  const [x0, y0] = knots[k]!;
  const [x1, y1] = knots[k + 1]!;
  const slope = (i: number): number => {
    if (i <= 0 || i >= last) return 0;
    const [xa, ya] = knots[i - 1]!;
    const [xb, yb] = knots[i + 1]!;
    return (yb - ya) / (xb - xa);
  };
  const h = x1 - x0;
  const t = (at - x0) / h;
  const [t2, t3] = [t * t, t * t * t];
  return (
    y0 * (2 * t3 - 3 * t2 + 1) +
    slope(k) * h * (t3 - 2 * t2 + t) +
    y1 * (3 * t2 - 2 * t3) +
    slope(k + 1) * h * (t3 - t2)
  );
}

/** The outlines of body, cage, spine and mediastinum at a height. */
export function sliceOutline(params: PhantomParams, z: number): SliceOutline {
  const { body, lungs, mediastinum } = params;
  const top = lungs.height;
  const t = z / top;
  const a =
    body.cageHalfWidth *
    throughKnots(
      [
        [-0.9, 0.96],
        [-0.2, 1],
        [0.25, 1],
        [0.55, 0.93],
        [0.8, 0.8],
        [0.93, 0.68],
        [1.05, 0.6],
      ],
      t,
    );
  const b =
    body.cageHalfDepth *
    throughKnots(
      [
        [-0.9, 0.95],
        [0, 1],
        [0.3, 1],
        [0.6, 0.88],
        [0.8, 0.7],
        [0.93, 0.54],
        [1.1, 0.45],
      ],
      t,
    );
  const y = throughKnots(
    [
      [0.1, 0],
      [0.6, 9],
      [0.8, 16],
      [0.95, 20],
      [1.3, 14],
    ],
    t,
  );
  const half = (apex: number): HalfCage => {
    const dome = 0.26 * top;
    const s = Math.max(0, (z - (apex - dome)) / dome);
    const open = s < 0.985;
    const shrink = open ? Math.sqrt(1 - s ** 2.4) : 0.2;
    return { centre: Math.max(a / 2, 42), halfWidth: (a / 2 + 6) * shrink, halfDepth: b * shrink, open };
  };
  const shift =
    mediastinum.shift *
    throughKnots(
      [
        [-0.2, 1],
        [0.7, 0.8],
        [1, 0],
      ],
      t,
    );
  const spineY = y + b - 38;
  const front = y - b;
  const widthM = throughKnots(
    [
      [-0.2, 16],
      [0.15, 18],
      [0.35, 24],
      [mediastinum.carina, mediastinum.midHalfWidth],
      [mediastinum.carina + 0.2, mediastinum.upperHalfWidth],
      [1, mediastinum.upperHalfWidth * 0.85],
    ],
    t,
  );
  const columnBack = spineY - 10;
  const columnFront = throughKnots(
    [
      [0, spineY - 55],
      [0.4, front + 45],
      [0.7, front + 16],
      [0.9, front + 4],
    ],
    t,
  );
  return {
    z,
    right: half(top),
    left: half(lungs.leftApex),
    cageY: y,
    cageHalfDepth: b,
    spineY,
    spineX: 0,
    ...bodyOutline(params, z, a, front, y + b),
    column: {
      x:
        shift +
        throughKnots(
          [
            [0.2, 6],
            [0.6, 2],
            [0.9, 0],
          ],
          t,
        ),
      y: (columnBack + columnFront) / 2,
      halfWidth: widthM,
      halfDepth: (columnBack - columnFront) / 2,
    },
    septumX:
      shift +
      throughKnots(
        [
          [-0.2, 10],
          [0.25, 9],
          [0.5, 3],
          [0.8, 0],
        ],
        t,
      ),
    septumHalf:
      mediastinum.septum *
      throughKnots(
        [
          [0, 2],
          [0.35, 1.2],
          [0.6, 1],
          [0.85, 2.5],
          [1, 5],
        ],
        t,
      ),
    aortaRadius:
      mediastinum.aortaRadius *
      throughKnots(
        [
          [-0.3, 0.8],
          [0.6, 1],
        ],
        t,
      ),
  };
}

function bodyOutline(
  { body, lungs }: PhantomParams,
  z: number,
  a: number,
  front: number,
  back: number,
): Pick<SliceOutline, 'bodyHalfWidth' | 'bodyFront' | 'bodyBack'> {
  const top = lungs.height;
  const chest = body.cageHalfWidth + 11 + body.muscle + body.fat;
  const shoulder = Math.max(body.shoulderHalfWidth, chest);
  const neck = 56 + 0.4 * body.fat;
  const bodyHalfWidth = throughKnots(
    [
      [-1.6 * top, chest + 8],
      [-0.9 * top, chest + 2],
      [0.4 * top, Math.max(chest, a + 16 + body.muscle + body.fat)],
      [0.7 * top, 0.45 * chest + 0.55 * shoulder],
      [0.92 * top, shoulder],
      [top + 14, 0.86 * shoulder],
      [top + 40, 0.5 * shoulder],
      [top + 66, neck],
      [top + 115, neck],
      [top + 150, 76],
      [top + 260, 76],
      [top + 305, 58],
      [top + 330, 24],
      [top + 338, 0.001],
    ],
    z,
  );
  const frontFat = 10 + 0.75 * body.fat;
  const bodyFront = throughKnots(
    [
      [-0.9 * top, front - frontFat - 4],
      [0.5 * top, front - frontFat],
      [0.8 * top, front - 14 - 0.5 * body.fat],
      [top, front - 16 - 0.35 * body.fat],
      [top + 45, -38 - 0.2 * body.fat],
      [top + 110, -42],
      [top + 150, -85],
      [top + 260, -88],
      [top + 310, -62],
      [top + 332, -14],
      [top + 338, 6],
    ],
    z,
  );
  const bodyBack = throughKnots(
    [
      [-0.9 * top, back + 16 + body.backFat],
      [0.5 * top, back + 14 + body.backFat],
      [0.85 * top, back + 26 + body.backFat],
      [top, back + 26 + 0.7 * body.backFat],
      [top + 50, 70],
      [top + 110, 66],
      [top + 160, 98],
      [top + 260, 104],
      [top + 310, 80],
      [top + 332, 30],
      [top + 338, 10],
    ],
    z,
  );
  return { bodyHalfWidth, bodyFront, bodyBack };
}
