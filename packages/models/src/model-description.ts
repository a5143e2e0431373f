import { InvalidArgumentError } from '@lungseg/core';
import { UPSAMPLE_MODES } from '@lungseg/networks';
import { z } from 'zod';

const positiveInteger = z.int().positive();
const triple = <T extends z.ZodType<number>>(item: T): z.ZodTuple<[T, T, T], null> =>
  z.tuple([item, item, item]);
const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, {
  error: 'must be two numbers, the smaller first',
});

const probability = z.number().gt(0).lt(1);
const levels = z.tuple([probability, probability]).refine(([possible, sure]) => possible <= sure, {
  error: 'must be two probabilities, the smaller first',
});

const networkSchema = z.strictObject({
  layers: z.tuple([positiveInteger, positiveInteger, positiveInteger, positiveInteger]).default([3, 4, 6, 3]),
  spatialDims: z.literal(3).default(3),
  inChannels: z.literal(1).default(1),
  outChannels: z.int().min(2).default(2),
  pspBlockNum: z.int().min(0).max(4).default(0),
  upsampleMode: z.enum(UPSAMPLE_MODES).default('trilinear'),
  width: z.number().positive().default(1),
});

const schema = z.strictObject({
  name: z.string().min(1),
  version: z.string().regex(/^\d+\.\d+\.\d+/, { error: 'must be a version such as 1.0.0' }),
  network: networkSchema,
  preprocessing: z.strictObject({
    orientation: z.string().regex(/^[RLAPSI]{3}$/, { error: 'must be three letters such as RAS' }),
    spacing: triple(z.number().positive()),
    intensity: z.strictObject({ from: range, to: range }),
  }),
  inference: z.strictObject({
    window: triple(positiveInteger),
    overlap: z.number().min(0).lt(1),
    leastBodyDepth: z.number().positive().optional(),
    leastHu: z.number().optional(),
    levels: levels.default([0.05, 0.5]),
  }),
  labels: z.record(z.string().regex(/^\d+$/), z.string().min(1)),
  weights: z.strictObject({
    file: z.string().regex(/^[^/\\]+\.safetensors$/, { error: 'must be the name of a .safetensors file' }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits' }),
    bytes: positiveInteger,
  }),
  licence: z.string().min(1),
  intendedUse: z.string().min(1),
});

const checkedSchema = schema.refine(
  ({ preprocessing: { intensity }, inference: { leastHu } }) =>
    leastHu === undefined || (leastHu >= intensity.from[0] && leastHu < intensity.from[1]),
  { path: ['inference', 'leastHu'], error: "must lie within the preprocessing's intensities" },
);

/**
 * What `model.json` says of a model: the network, how to prepare a CT for it, how to slide over a CT, what its
 * channels mean, and its weights' file with size and SHA-256. Orientation is as in nibabel's `aff2axcodes`, spacing
 * is in mm, intensities are in HU before and the network's after. The window, x, y, z, says how many voxels go through
 * the network at once: inference may choose another shape of no more voxels. `leastBodyDepth`, in mm, is for networks that
 * learnt from adults: a whole body that is thinner from front to back, as a child's is, is sampled so finely that it is as
 * many voxels thick as one of that depth, but no more than 1.5 times as finely. `leastHu` is what the network is shown for all that
 * is darker, so that emphysema looks like other lung to one that has seen little of it. `levels` are the probabilities from which on
 * a voxel is possibly lung, and lung.
 */
export type ModelDescription = z.infer<typeof schema>;

/** {@link ModelDescription} before its weights are written. */
export type ModelDraft = Omit<z.input<typeof schema>, 'weights'>;

/**
 * Checks the contents of a `model.json`.
 *
 * @param value parsed JSON
 * @returns the description, defaults filled in
 * @throws InvalidArgumentError when a field is missing, unknown or wrong; the text names each
 */
export function parseModelDescription(value: unknown): ModelDescription {
  const parsed = checkedSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? path.join('.') : 'it'}: ${message}`,
  );
  throw new InvalidArgumentError(`A model's description must be valid. Received: ${issues.join('; ')}.`);
}
