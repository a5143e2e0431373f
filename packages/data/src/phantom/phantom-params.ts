import type { Mat3, Vec3 } from '@lungseg/core';

/**
 * Everything that makes one thorax phantom, as plain JSON: the same parameters give the same voxels.
 *
 * Anatomy is laid out in the phantom's own frame, in mm before `pose.scale`: x to the patient's left, y to the
 * back, z to the head; x = y = 0 in the middle of the chest and z = 0 at the top of the right dome of the diaphragm.
 */
export type PhantomParams = {
  /** Seeds the shape noise, the vessels and the image noise. */
  readonly seed: number;
  readonly grid: PhantomGrid;
  readonly pose: PhantomPose;
  readonly body: PhantomBody;
  readonly lungs: PhantomLungs;
  readonly mediastinum: PhantomMediastinum;
  readonly abdomen: PhantomAbdomen;
  readonly pathology: PhantomPathology;
  readonly devices: PhantomDevices;
  readonly table: PhantomTable;
  readonly scanner: PhantomScanner;
};

/** The grid on which a phantom is rendered when the caller gives none: a Geometry as JSON. */
export type PhantomGrid = {
  readonly size: Vec3;
  readonly spacing: Vec3;
  readonly origin: Vec3;
  readonly direction: Mat3;
};

/** How the patient lies in the world. */
export type PhantomPose = {
  /** World mm per mm of the phantom's frame: 1 for an adult of middle size. */
  readonly scale: number;
  /** Rotation about the body's long axis, in degrees. */
  readonly rollDeg: number;
  /** LPS position of the phantom's origin, in mm. */
  readonly centre: Vec3;
  /** Lying on the belly: table and gravity are at the front. */
  readonly prone: boolean;
};

/** Outer shape: chest cage, layers of the wall, shoulders, arms. Lengths in mm. */
export type PhantomBody = {
  /** Half of the cage's greatest inner width, and half of its depth. */
  readonly cageHalfWidth: number;
  readonly cageHalfDepth: number;
  /** 0 for an ellipse, towards 0.8 for a rounded box. */
  readonly cageSquareness: number;
  readonly bodySquareness: number;
  readonly muscle: number;
  readonly fat: number;
  readonly backFat: number;
  readonly armsUp: boolean;
  readonly shoulderHalfWidth: number;
  readonly breast: number;
  /** Amplitudes of the smooth displacement of all shapes, at a long and a short wavelength. */
  readonly warp: number;
  readonly warpFine: number;
  readonly ribPitch: number;
  readonly ribTilt: number;
  readonly ribPhase: number;
  readonly fatHu: number;
  readonly muscleHu: number;
  readonly boneHu: number;
};

/** Both lungs and the diaphragm. Lengths in mm, attenuation in HU. */
export type PhantomLungs = {
  /** From the right dome, where nothing raises it, to the apex. */
  readonly height: number;
  /** Above 0 where a lobe was taken out and the diaphragm has risen. */
  readonly rightDome: number;
  readonly leftDome: number;
  readonly leftApex: number;
  /** 0 for a cone-like dome, towards 1 for a flat one that falls steeply at its rim. */
  readonly domeSteepness: number;
  /** How far the recess descends below the dome at the back, the side and the front. */
  readonly recessBack: number;
  readonly recessSide: number;
  readonly recessFront: number;
  readonly hu: number;
  /** Added from front to back, as far as gravity goes. */
  readonly dorsalHu: number;
  readonly textureHu: number;
  readonly vesselCount: number;
  readonly vesselRadius: number;
  readonly fissureHu: number;
  /** Empty in place of the lung; 0 for neither side, 1 right, 2 left. */
  readonly missing: number;
};

/** Heart, great vessels, airways, oesophagus. Lengths in mm, attenuation in HU. */
export type PhantomMediastinum = {
  /** Towards the patient's left, in mm: what lung was lost on one side draws the middle there. */
  readonly shift: number;
  readonly upperHalfWidth: number;
  readonly midHalfWidth: number;
  readonly septum: number;
  readonly heart: { readonly centre: Vec3; readonly radii: Vec3 };
  readonly heartHu: number;
  readonly aortaHu: number;
  readonly venousHu: number;
  readonly fatFraction: number;
  readonly aortaRadius: number;
  readonly hilum: number;
  /** Height of the carina as a fraction of the lungs' height. */
  readonly carina: number;
  readonly tracheaRadius: number;
  readonly tracheaShift: number;
  readonly oesophagusAir: number;
};

/** Below the diaphragm. */
export type PhantomAbdomen = {
  readonly liverHu: number;
  readonly spleenHu: number;
  readonly kidneyHu: number;
  readonly liverHeight: number;
  readonly stomach: number;
  /** Fraction of the stomach's depth that is gas. */
  readonly stomachGas: number;
  readonly bowelGas: number;
  readonly bowelLoops: number;
};

/** A spot within the lungs: `pick` in [0, 1) chooses its centre among the lungs' voxels. */
export type PhantomLesion = {
  readonly kind: 'consolidation' | 'ground-glass' | 'nodule' | 'emphysema' | 'cavity';
  readonly pick: number;
  /** In mm. */
  readonly radii: Vec3;
  readonly hu: number;
  /** 0 for a smooth outline, 1 for a ragged one. */
  readonly raggedness: number;
};

/** What is wrong with the chest; fractions of the cage's depth for fluid and free air. */
export type PhantomPathology = {
  readonly lesions: readonly PhantomLesion[];
  readonly effusionRight: number;
  readonly effusionLeft: number;
  readonly effusionHu: number;
  readonly pneumothoraxRight: number;
  readonly pneumothoraxLeft: number;
  /** In mm. */
  readonly pleura: number;
  /** Net-like scarring under the pleura, most at the base: 0 none, 1 severe. */
  readonly fibrosis: number;
};

/** What medicine has put into the patient. */
export type PhantomDevices = {
  readonly trachealTube: boolean;
  readonly gastricTube: boolean;
  readonly centralLine: boolean;
  /** Drain of a pleural space: 0 for neither, 1 right, 2 left. */
  readonly drain: number;
  /** Under the skin of the chest, with its lead to the heart: 0 for neither, 1 right, 2 left. */
  readonly pacemaker: number;
  /** Metal rods along the spine. */
  readonly spinalRods: boolean;
  /** Metal joint of the shoulder: 0 for neither, 1 right, 2 left. */
  readonly shoulderJoint: number;
  /** Wires that close the sternum. */
  readonly sternalWires: boolean;
};

/** What the patient lies on. */
export type PhantomTable = {
  readonly kind: 'none' | 'curved' | 'flat';
  readonly halfWidth: number;
  /** Rise at the edge, in mm. */
  readonly sag: number;
  readonly mattress: number;
  readonly mattressHu: number;
  readonly thickness: number;
  readonly shell: number;
  readonly shellHu: number;
  readonly coreHu: number;
  /** Leads on the skin. */
  readonly wires: number;
  /** A sheet over the patient, this far from the skin in mm. */
  readonly blanket: boolean;
  readonly blanketGap: number;
  readonly blanketHu: number;
};

/** How the image is taken and reconstructed. */
export type PhantomScanner = {
  /** In mm: what one slice averages over. */
  readonly sliceThickness: number;
  /** In mm, in plane. */
  readonly blurSigma: number;
  /** 0 for a smooth kernel, towards 1.5 for an edge-enhancing one. */
  readonly sharpen: number;
  readonly noiseHu: number;
  readonly noiseSigma: number;
  readonly streakHu: number;
  /** Streaks that start from metal: their height beside a small piece. */
  readonly metalStreakHu: number;
  readonly offsetHu: number;
  /** Beyond the circle of reconstruction voxels hold this value; the radius is in mm, 0 for none. */
  readonly circleRadius: number;
  readonly paddingHu: number;
};
