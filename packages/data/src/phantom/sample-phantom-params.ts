import { InvalidArgumentError, type Rng, type Vec3 } from '@lungseg/core';
import type {
  PhantomAbdomen,
  PhantomBody,
  PhantomGrid,
  PhantomLesion,
  PhantomLungs,
  PhantomMediastinum,
  PhantomParams,
  PhantomPathology,
  PhantomScanner,
  PhantomTable,
} from './phantom-params.js';

/**
 * What of the body the grid covers: the whole chest, a part of it, the chest with much of the abdomen or the neck, or
 * the abdomen without any lung.
 */
export type PhantomCoverage = 'chest' | 'cropped' | 'long' | 'abdomen';

/** What is fixed when the rest of a phantom is drawn at random. */
export interface PhantomOptions {
  /** Voxel spacing along x, y, z in mm; by default 0.6 to 1.0 in plane and slices of 1 to 8. */
  readonly spacing?: Vec3;
  /** Number of voxels along x, y, z; by default what the field of view and the coverage need. */
  readonly size?: Vec3;
  /** By default drawn: chest 70 %, cropped 12 %, long 14 %, abdomen 4 %. */
  readonly coverage?: PhantomCoverage;
  /** Whether axes may run backwards; true by default. */
  readonly flips?: boolean;
}

/**
 * Draws the parameters of a thorax phantom.
 *
 * @param rng the only source of chance
 * @param options what is fixed
 * @throws InvalidArgumentError when a size or spacing is not positive
 * @example
 * samplePhantomParams(new Rng(7), { spacing: [0.8, 0.8, 5], size: [420, 320, 70] });
 */
export function samplePhantomParams(rng: Rng, options: PhantomOptions = {}): PhantomParams {
  for (const [name, value] of Object.entries({ size: options.size, spacing: options.spacing })) {
    if (value !== undefined && (value.length !== 3 || !value.every((n) => n > 0 && Number.isFinite(n)))) {
      throw new InvalidArgumentError(`${name} must be three positive numbers. Received: ${String(value)}.`);
    }
  }
  const scale = rng.bernoulli(0.07) ? rng.uniform(0.55, 0.8) : rng.uniform(0.86, 1.1);
  const body = sampleBody(rng);
  const lungs = sampleLungs(rng);
  const mediastinum = sampleMediastinum(rng, lungs, body);
  const abdomen = sampleAbdomen(rng);
  const pathology = samplePathology(rng);
  const prone = rng.bernoulli(0.05);
  const rollDeg = rng.bernoulli(0.2) ? rng.normal(0, 7) : rng.normal(0, 2);
  const centre: Vec3 = [rng.normal(0, 8), rng.uniform(-220, 20), rng.uniform(-900, 300)];
  const pose = { scale, rollDeg, centre, prone };
  const thickness = options.spacing?.[2] ?? rng.choice([1, 1.25, 1.5, 2, 2.5, 3, 3, 5, 5, 5, 7, 8]);
  const grid = sampleGrid(rng, options, { pose, body, lungs }, thickness);
  const scanner = sampleScanner(rng, options.spacing === undefined ? thickness : undefined, grid);
  return {
    seed: rng.uint32(),
    grid,
    pose,
    body,
    lungs,
    mediastinum,
    abdomen,
    pathology,
    table: sampleTable(rng, body),
    scanner,
  };
}

function sampleBody(rng: Rng): PhantomBody {
  const large = rng.uniform();
  const fat = 4 + 38 * large * large * rng.uniform(0.5, 1);
  const cageHalfWidth = rng.uniform(116, 142);
  const muscle = rng.uniform(5, 18);
  return {
    cageHalfWidth,
    cageHalfDepth: cageHalfWidth * rng.uniform(0.62, 0.82),
    cageSquareness: rng.uniform(0.15, 0.6),
    bodySquareness: rng.uniform(0.3, 0.75),
    muscle,
    fat,
    backFat: fat * rng.uniform(0.4, 1),
    armsUp: rng.bernoulli(0.8),
    shoulderHalfWidth: cageHalfWidth + rng.uniform(30, 62),
    breast: rng.bernoulli(0.4) ? rng.uniform(0.3, 1.1) : 0,
    warp: rng.uniform(5, 12),
    warpFine: rng.uniform(1, 3.5),
    ribPitch: rng.uniform(26, 34),
    ribTilt: rng.uniform(25, 45),
    ribPhase: rng.uniform(),
    fatHu: rng.uniform(-115, -85),
    muscleHu: rng.uniform(30, 62),
    boneHu: rng.uniform(300, 900),
  };
}

function sampleLungs(rng: Rng): PhantomLungs {
  const height = rng.uniform(150, 235);
  const recessBack = rng.uniform(40, 100);
  return {
    height,
    leftDome: rng.uniform(-26, -2),
    leftApex: height + rng.normal(0, 4),
    recessBack,
    recessSide: recessBack * rng.uniform(0.6, 0.95),
    recessFront: recessBack * rng.uniform(0.25, 0.6),
    hu: rng.uniform(-920, -810),
    dorsalHu: rng.uniform(10, 130),
    textureHu: rng.uniform(5, 45),
    vesselCount: rng.integer(120, 300),
    vesselRadius: rng.uniform(0.5, 0.85),
    fissureHu: rng.uniform(0, 180),
    missing: rng.bernoulli(0.012) ? rng.choice([1, 2]) : 0,
  };
}

function sampleMediastinum(rng: Rng, lungs: PhantomLungs, body: PhantomBody): PhantomMediastinum {
  const muscle = body.muscleHu;
  const contrast = rng.bernoulli(0.5);
  const size = rng.uniform(0.85, 1.2);
  const aortaHu = contrast ? rng.uniform(110, 380) : muscle + rng.uniform(-10, 5);
  return {
    upperHalfWidth: rng.uniform(22, 36),
    midHalfWidth: rng.uniform(26, 42),
    septum: rng.uniform(1.2, 4.5),
    heart: {
      centre: [
        rng.uniform(16, 34),
        -0.28 * body.cageHalfDepth + rng.uniform(-8, 8),
        rng.uniform(24, 44) * size,
      ],
      radii: [66 * size * rng.uniform(0.9, 1.1), 47 * size * rng.uniform(0.9, 1.1), 52 * size],
    },
    heartHu: muscle,
    aortaHu,
    venousHu: contrast ? aortaHu * rng.uniform(0.5, 1.3) : aortaHu,
    fatFraction: rng.uniform(0.15, 0.75),
    aortaRadius: rng.uniform(10.5, 17),
    hilum: rng.uniform(8, 17),
    carina: rng.uniform(0.54, 0.66),
    tracheaRadius: rng.uniform(6.5, 10),
    tracheaShift: rng.normal(-2, 5),
    oesophagusAir: rng.bernoulli(0.4) ? rng.uniform(0.2, 1) : 0,
  };
}

function sampleAbdomen(rng: Rng): PhantomAbdomen {
  const contrast = rng.bernoulli(0.45);
  return {
    liverHu: rng.bernoulli(0.15) ? rng.uniform(0, 45) : rng.uniform(50, contrast ? 125 : 72),
    spleenHu: rng.uniform(42, contrast ? 130 : 58),
    kidneyHu: rng.uniform(28, contrast ? 190 : 45),
    liverHeight: rng.uniform(120, 190),
    stomach: rng.uniform(0.55, 1.25),
    stomachGas: rng.bernoulli(0.65) ? rng.uniform(0.1, 0.95) : 0,
    bowelGas: rng.uniform(0.1, 0.9),
    bowelLoops: rng.integer(30, 75),
  };
}

function sampleLesions(rng: Rng): PhantomLesion[] {
  const lesions: PhantomLesion[] = [];
  const add = (
    kind: PhantomLesion['kind'],
    count: number,
    r: [number, number],
    hu: [number, number],
  ): void => {
    for (let n = 0; n < count; n++) {
      const radius = rng.uniform(...r);
      const radii: Vec3 = [
        radius * rng.uniform(0.7, 1.4),
        radius * rng.uniform(0.7, 1.4),
        radius * rng.uniform(0.7, 1.5),
      ];
      lesions.push({
        kind,
        pick: rng.uniform(),
        radii,
        hu: rng.uniform(...hu),
        raggedness: rng.uniform(0.2, 1),
      });
    }
  };
  if (rng.bernoulli(0.25)) add('emphysema', rng.integer(5, 40), [3, 18], [-990, -955]);
  if (rng.bernoulli(0.35)) add('ground-glass', rng.integer(1, 12), [8, 42], [-620, -280]);
  if (rng.bernoulli(0.3)) add('consolidation', rng.integer(1, 7), [6, 38], [-120, 55]);
  if (rng.bernoulli(0.35)) add('nodule', rng.integer(1, 6), [2, 9], [-50, 80]);
  if (rng.bernoulli(0.12)) add('nodule', 1, [12, 32], [10, 70]);
  if (rng.bernoulli(0.05)) add('cavity', rng.integer(1, 3), [10, 26], [0, 60]);
  return lesions;
}

function samplePathology(rng: Rng): PhantomPathology {
  const amount = (probability: number, low: number, high: number): number =>
    rng.bernoulli(probability) ? rng.uniform(low, high) : 0;
  return {
    lesions: sampleLesions(rng),
    effusionRight: amount(0.14, 0.04, 0.4),
    effusionLeft: amount(0.14, 0.04, 0.4),
    effusionHu: rng.uniform(0, 28),
    pneumothoraxRight: amount(0.025, 0.05, 0.3),
    pneumothoraxLeft: amount(0.025, 0.05, 0.3),
    pleura: amount(0.2, 2, 12),
  };
}

function sampleTable(rng: Rng, body: PhantomBody): PhantomTable {
  const kind = rng.uniform() < 0.08 ? 'none' : rng.bernoulli(0.65) ? 'curved' : 'flat';
  return {
    kind,
    halfWidth: rng.uniform(190, 265),
    sag: kind === 'curved' ? rng.uniform(15, 80) : 0,
    mattress: rng.uniform(0, 28),
    mattressHu: rng.uniform(-985, -880),
    thickness: rng.uniform(14, 60),
    shell: rng.uniform(1, 3.5),
    shellHu: rng.uniform(-650, 150),
    coreHu: rng.uniform(-995, -880),
    wires: rng.bernoulli(0.3) ? rng.integer(1, 5) : 0,
    blanket: rng.bernoulli(0.4) && body.fat < 40,
  };
}

function sampleScanner(rng: Rng, thickness: number | undefined, grid: PhantomGrid): PhantomScanner {
  const blurSigma = rng.uniform(0.3, 1.1);
  const sharp = rng.bernoulli(0.3);
  const noisy = rng.uniform();
  const fieldOfView = Math.min(grid.size[0] * grid.spacing[0], grid.size[1] * grid.spacing[1]);
  return {
    sliceThickness: thickness ?? rng.choice([1, 2, 3, 5, 5, 5, 5, 7]),
    blurSigma: sharp ? blurSigma * 0.6 : blurSigma,
    sharpen: sharp ? rng.uniform(0.3, 1.4) : 0,
    noiseHu: 4 + 55 * noisy ** 3 + (sharp ? 15 : 0),
    noiseSigma: sharp ? rng.uniform(0.3, 0.6) : rng.uniform(0.6, 1.3),
    streakHu: rng.bernoulli(0.35) ? rng.uniform(10, 60) : 0,
    offsetHu: rng.uniform(-15, 15),
    circleRadius: rng.bernoulli(0.35) ? fieldOfView / 2 : 0,
    paddingHu: rng.choice([-1024, -1000, -1024, -2000]),
  };
}

function sampleGrid(
  rng: Rng,
  options: PhantomOptions,
  { pose, body, lungs }: Pick<PhantomParams, 'pose' | 'body' | 'lungs'>,
  thickness: number,
): PhantomGrid {
  const coverage = options.coverage ?? drawCoverage(rng);
  const { scale, centre } = pose;
  const fieldOfView =
    coverage === 'cropped' && rng.bernoulli(0.4) ? rng.uniform(220, 300) : rng.uniform(310, 500);
  const pixel = rng.uniform(0.6, 1);
  const spacing: Vec3 = options.spacing ?? [pixel, pixel, thickness];
  const low = (-lungs.recessBack - 8) * scale;
  const high = (lungs.height + 18) * scale;
  const [bottom, top] = ((): [number, number] => {
    if (coverage === 'abdomen') {
      const upper = low - rng.uniform(25, 60) * scale;
      return [upper - rng.uniform(150, 300), upper];
    }
    if (coverage === 'long') return [low - rng.uniform(40, 220), high + rng.uniform(10, 130) * scale];
    if (coverage === 'cropped') {
      const span = (high - low) * rng.uniform(0.3, 0.8);
      const start = rng.uniform(low, high - span);
      return [start, start + span];
    }
    return [low - rng.uniform(0, 50), high + rng.uniform(0, 25)];
  })();
  const inPlane = Math.round(fieldOfView / spacing[0]);
  const size: Vec3 = options.size ?? [
    inPlane,
    Math.round(fieldOfView / spacing[1]),
    Math.max(8, Math.round((top - bottom) / spacing[2])),
  ];
  // A grid of fixed size covers the same middle, except that an abdomen hangs from its top.
  const extent = (size[2] - 1) * spacing[2];
  const first = coverage === 'abdomen' ? top - extent : (top + bottom - extent) / 2;
  const jitter = fieldOfView < 300 ? 45 : 12;
  const y = centre[1] + (0.06 * body.cageHalfDepth + 6) * scale + rng.normal(0, 0.7 * jitter);
  const start: Vec3 = [
    centre[0] + rng.normal(0, jitter) - ((size[0] - 1) * spacing[0]) / 2,
    y - ((size[1] - 1) * spacing[1]) / 2,
    centre[2] + first,
  ];
  return orientGrid(rng, options.flips ?? true, { size, spacing, start });
}

function orientGrid(
  rng: Rng,
  mayFlip: boolean,
  { size, spacing, start }: { size: Vec3; spacing: Vec3; start: Vec3 },
): PhantomGrid {
  const flip = [0.12, 0.25, 0.2].map((probability) => mayFlip && rng.bernoulli(probability));
  const sign = flip.map((flipped) => (flipped ? -1 : 1)) as [number, number, number];
  const origin = start.map((value, axis) =>
    flip[axis] === true ? value + (size[axis]! - 1) * spacing[axis]! : value,
  ) as unknown as Vec3;
  return { size, spacing, origin, direction: [sign[0], 0, 0, 0, sign[1], 0, 0, 0, sign[2]] };
}

function drawCoverage(rng: Rng): PhantomCoverage {
  const at = rng.uniform();
  return at < 0.7 ? 'chest' : at < 0.82 ? 'cropped' : at < 0.96 ? 'long' : 'abdomen';
}
