import { InvalidArgumentError, type Rng, type Vec3 } from '@lungseg/core';
import type {
  PhantomAbdomen,
  PhantomBody,
  PhantomGrid,
  PhantomLungs,
  PhantomMediastinum,
  PhantomParams,
  PhantomScanner,
  PhantomTable,
} from './phantom-params.js';
import { sampleGrid, type PhantomOptions } from './sample-grid.js';
import { sampleDevices } from './sample-devices.js';
import { sampleFibrosis, samplePathology } from './sample-pathology.js';

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
  const scale = rng.bernoulli(0.08) ? rng.uniform(0.35, 0.8) : rng.uniform(0.86, 1.12);
  const body = sampleBody(rng);
  const lungs = sampleLungs(rng);
  const mediastinum = sampleMediastinum(rng, lungs, body);
  const abdomen = sampleAbdomen(rng);
  const pathology = samplePathology(rng);
  const prone = rng.bernoulli(0.05);
  const rollDeg = rng.bernoulli(0.2) ? rng.normal(0, 7) : rng.normal(0, 2);
  const centre: Vec3 = [rng.normal(0, 8), rng.uniform(-220, 20), rng.uniform(-900, 300)];
  const pose = { scale, rollDeg, centre, prone };
  const thickness = options.spacing?.[2] ?? rng.choice([0.75, 1, 1.25, 1.5, 2, 2.5, 3, 3, 5, 5, 5, 7, 8, 10]);
  const grid = sampleGrid(rng, options, { pose, body, lungs }, thickness);
  const scanner = sampleScanner(rng, options.spacing === undefined ? thickness : undefined, grid);
  const table = sampleTable(rng);
  const lost = sampleLostLobe(rng);
  return {
    seed: rng.uint32(),
    grid,
    pose,
    body,
    lungs: {
      ...lungs,
      rightDome: lost.side === 1 ? lost.rise : 0,
      leftDome: lungs.leftDome + (lost.side === 2 ? lost.rise : 0),
    },
    mediastinum: { ...mediastinum, shift: lost.shift },
    abdomen,
    pathology: { ...pathology, fibrosis: sampleFibrosis(rng) },
    devices: sampleDevices(rng),
    table,
    scanner: { ...scanner, metalStreakHu: rng.bernoulli(0.8) ? rng.uniform(20, 160) : 0 },
  };
}

/** A lobe that was taken out: the diaphragm has risen and the middle has moved to its side. */
function sampleLostLobe(rng: Rng): { side: number; rise: number; shift: number } {
  const [side, rise, shift] = [rng.choice([1, 2]), rng.uniform(20, 60), rng.uniform(4, 22)];
  if (!rng.bernoulli(0.05)) return { side: 0, rise: 0, shift: 0 };
  return { side, rise, shift: side === 1 ? -shift : shift };
}

function sampleBody(rng: Rng): PhantomBody {
  const large = rng.uniform();
  const fat = 4 + 38 * large * large * rng.uniform(0.5, 1);
  const cageHalfWidth = rng.uniform(108, 138);
  const muscle = rng.uniform(5, 18);
  return {
    cageHalfWidth,
    cageHalfDepth: cageHalfWidth * rng.uniform(0.6, 0.82),
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

function sampleLungs(rng: Rng): Omit<PhantomLungs, 'rightDome'> {
  const height = rng.uniform(130, 222);
  const recessBack = rng.uniform(40, 100);
  return {
    height,
    leftDome: rng.uniform(-26, -2),
    leftApex: height + rng.normal(0, 4),
    recessBack,
    domeSteepness: rng.uniform(0.45, 0.85),
    recessSide: recessBack * rng.uniform(0.4, 0.9),
    recessFront: recessBack * rng.uniform(0.25, 0.6),
    hu: rng.uniform(-920, -810),
    dorsalHu: rng.uniform(10, 130),
    textureHu: rng.uniform(5, 45),
    vesselCount: rng.integer(220, 560),
    vesselRadius: rng.uniform(0.65, 1.05),
    fissureHu: rng.uniform(0, 180),
    missing: rng.bernoulli(0.012) ? rng.choice([1, 2]) : 0,
  };
}

function sampleMediastinum(
  rng: Rng,
  lungs: Pick<PhantomLungs, 'height'>,
  body: PhantomBody,
): Omit<PhantomMediastinum, 'shift'> {
  const muscle = body.muscleHu;
  const contrast = rng.bernoulli(0.5);
  const size = rng.uniform(0.85, 1.2);
  const aortaHu = contrast ? rng.uniform(110, 380) : muscle + rng.uniform(-10, 5);
  return {
    upperHalfWidth: rng.uniform(22, 36),
    midHalfWidth: rng.uniform(26, 42),
    septum: rng.bernoulli(0.3) ? rng.uniform(4, 14) : rng.uniform(1.2, 5),
    heart: {
      centre: [
        rng.uniform(16, 34),
        -0.28 * body.cageHalfDepth + rng.uniform(-8, 8),
        rng.uniform(24, 44) * size,
      ],
      radii: [70 * size * rng.uniform(0.9, 1.1), 53 * size * rng.uniform(0.9, 1.1), 54 * size],
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

function sampleTable(rng: Rng): PhantomTable {
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
    blanket: rng.bernoulli(0.4),
    blanketGap: rng.uniform(1, 9),
    blanketHu: rng.uniform(-930, -550),
  };
}

function sampleScanner(
  rng: Rng,
  thickness: number | undefined,
  grid: PhantomGrid,
): Omit<PhantomScanner, 'metalStreakHu'> {
  const blurSigma = rng.uniform(0.3, 1.1);
  const sharp = rng.bernoulli(0.3);
  const noisy = rng.uniform();
  const fieldOfView = Math.max(grid.size[0] * grid.spacing[0], grid.size[1] * grid.spacing[1]);
  return {
    sliceThickness: thickness ?? rng.choice([1, 2, 3, 5, 5, 5, 5, 7]),
    blurSigma: sharp ? blurSigma * 0.6 : blurSigma,
    sharpen: sharp ? rng.uniform(0.3, 1.4) : 0,
    noiseHu: 4 + 55 * noisy ** 3 + (sharp ? 15 : 0),
    noiseSigma: sharp ? rng.uniform(0.3, 0.6) : rng.uniform(0.6, 1.3),
    streakHu: rng.bernoulli(0.35) ? rng.uniform(10, 60) : 0,
    offsetHu: rng.uniform(-15, 15),
    circleRadius: rng.bernoulli(0.35) ? (fieldOfView / 2) * rng.uniform(0.97, 1.1) : 0,
    paddingHu: rng.choice([-1024, -1000, -1024, -2000]),
  };
}
