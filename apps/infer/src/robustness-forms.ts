import { axisCodes, createVolume, Rng, type Vec3, type Volume } from '@lungseg/core';
import { cropRegion, gaussianNoise, reorient, resampleToSpacing, transformVolume } from '@lungseg/transforms';

/** What kind of change a form is, as `--only` names it. */
export const FORM_KINDS = ['orientation', 'slices', 'cropped', 'noise', 'type'] as const;

/** One of {@link FORM_KINDS}. */
export type FormKind = (typeof FORM_KINDS)[number];

/** Another form of the same CT. */
export interface Form {
  readonly kind: FormKind;
  readonly name: string;
  /** The least Dice against the result on the CT as it is. */
  readonly aim: number;
  /** @param image in HU */
  readonly apply: (image: Volume) => Volume;
}

/** Standard deviation of the noise that is added. */
const NOISE_HU = 60;

/** The forms of a CT in which its lungs must be found alike. */
export const FORMS: readonly Form[] = [
  ...orientationCodes().map((code): Form => ({
    kind: 'orientation',
    name: `stored as ${code}`,
    aim: 0.98,
    apply: (image) => reorient(image, code),
  })),
  ...[1, 3, 8].map((mm): Form => ({
    kind: 'slices',
    name: `slices of ${mm} mm`,
    aim: mm === 8 ? 0.95 : 0.98,
    apply: (image) => withSlices(image, mm),
  })),
  {
    kind: 'cropped',
    name: 'upper two thirds',
    aim: 0.98,
    apply: (image) => croppedAlongBody(image, 1 / 3, 1),
  },
  {
    kind: 'cropped',
    name: 'lower two thirds',
    aim: 0.98,
    apply: (image) => croppedAlongBody(image, 0, 2 / 3),
  },
  { kind: 'cropped', name: 'narrow field of view', aim: 0.98, apply: croppedInPlane },
  {
    kind: 'noise',
    name: `noise of ${NOISE_HU} HU`,
    aim: 0.95,
    apply: (image) => transformVolume(gaussianNoise({ standardDeviation: NOISE_HU }), image, new Rng(7)),
  },
  { kind: 'type', name: 'int16', aim: 0.98, apply: (image) => withType(image, Int16Array) },
  { kind: 'type', name: 'float32', aim: 0.98, apply: (image) => withType(image, Float32Array) },
  { kind: 'type', name: 'float64', aim: 0.98, apply: (image) => withType(image, Float64Array) },
];

/** The 48 ways to store a volume: 24 rotations, and their mirror images. */
function orientationCodes(): string[] {
  const pairs = ['RL', 'AP', 'IS'];
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  return orders.flatMap((order) =>
    Array.from({ length: 8 }, (_, sides) =>
      order.map((pair, axis) => pairs[pair]![(sides >> axis) & 1]!).join(''),
    ),
  );
}

function withSlices(image: Volume, mm: number): Volume {
  const axis = alongBody(image);
  const spacing = image.geometry.spacing.map((old, n) => (n === axis ? mm : old)) as unknown as Vec3;
  return resampleToSpacing(image, spacing, { antialias: true });
}

/** The part from one share of the way along the body, from the feet, to another. */
function croppedAlongBody(image: Volume, from: number, to: number): Volume {
  const axis = alongBody(image);
  const { size } = image.geometry;
  const upwards = axisCodes(image.geometry)[axis] === 'S';
  const [low, high] = upwards ? [from, to] : [1 - to, 1 - from];
  const first = Math.round(low * size[axis]!);
  const start = [0, 0, 0].map((_, n) => (n === axis ? first : 0)) as unknown as Vec3;
  const length = Math.round(high * size[axis]!) - first;
  return cropRegion(image, start, size.map((n, k) => (k === axis ? length : n)) as unknown as Vec3);
}

/** A tenth less on each side across the body. */
function croppedInPlane(image: Volume): Volume {
  const axis = alongBody(image);
  const { size } = image.geometry;
  const cut = size.map((n, k) => (k === axis ? 0 : Math.round(n / 10))) as unknown as Vec3;
  return cropRegion(image, cut, size.map((n, k) => n - 2 * cut[k]!) as unknown as Vec3);
}

/** The axis that runs along the body. */
function alongBody({ geometry }: Volume): number {
  return [0, 1, 2].find((axis) => 'IS'.includes(axisCodes(geometry)[axis]!))!;
}

function withType(
  image: Volume,
  type: Int16ArrayConstructor | Float32ArrayConstructor | Float64ArrayConstructor,
): Volume {
  const data = new type(image.data.length);
  for (let n = 0; n < data.length; n++) data[n] = Math.round(image.data[n]!);
  return createVolume(data, image.geometry, image.kind);
}
