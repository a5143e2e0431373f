import type { Json } from './json.js';
import type { Rng } from './rng.js';
import type { Vec3 } from './geometry.js';
import type { Volume } from './volume.js';

/** The volumes of one case by name, for instance `{ image, label }`. */
export type Sample = Readonly<Record<string, Volume>>;

/**
 * A step of a pipeline: sampling its parameters is apart from acting, so that parameters can be kept,
 * replayed and inverted. One set of parameters serves every volume of a sample.
 */
export interface Transform<P extends Json = Json> {
  /** Its name in histories and errors, for instance `flip`. */
  readonly name: string;
  /**
   * What it was made with, defaults included, as `toJson` copies it; `{}` where there is nothing. Name, options and
   * parameters tell all that {@link Transform.apply} does: a history is checked against them, and samples are kept by them.
   */
  readonly options: Json;
  /** Draws the parameters; the only place that uses the generator. Never changes the sample. */
  sampleParams(rng: Rng, sample: Sample): P;
  /**
   * Applies the parameters to one volume, and gives a new one. Labels are never interpolated or scaled.
   *
   * @param key the volume's name in its sample, for transforms that act on some of them alone; those take a volume
   *   without a name for one of theirs
   */
  apply(volume: Volume, params: P, key?: string): Volume;
  /** Undoes {@link Transform.apply}, where that can be undone. */
  invert?(volume: Volume, params: P, key?: string): Volume;
  /**
   * What {@link Transform.invert} undoes: where voxels lie, by default, or the `values` of intensities. The inverse of a
   * composition, which is for what was said of the result, masks and probabilities, passes over those of values.
   */
  readonly inverts?: 'values';
}

/** Bytes with the name they came under. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads one format of image. A constant, declared with `satisfies VolumeReader`. */
export interface VolumeReader {
  /** For instance `nifti`. */
  readonly id: string;
  /** File endings with their dot, lower case, the longest first; empty for a format that is known by content alone. */
  readonly extensions: readonly string[];
  /** Whether the first bytes look like this format. */
  sniff(head: Uint8Array): boolean;
  /**
   * Reads a volume from one file, or from the files of one series.
   *
   * @throws ReadError when the bytes are damaged or are not this format
   */
  read(files: readonly NamedBytes[]): Promise<Volume>;
}

/** A measure of a predicted label map against a reference of the same grid. */
export interface Metric {
  readonly name: string;
  /**
   * @param prediction a label map
   * @param reference a label map of the same grid
   * @throws ShapeError when the two grids differ
   */
  compute(prediction: Volume, reference: Volume): number;
}

/**
 * How batch normalisation behaves in a pass through a network.
 * - `evaluate`: running statistics; nothing is recorded.
 * - `train`: the batch's own statistics, and the running ones move towards them.
 * - `renormalize`: the batch's values as the running statistics normalise them, gradients by the batch's own (batch
 *   renormalisation, https://arxiv.org/abs/1702.03275), and the running ones move slowly: trains what `evaluate` will do.
 * - `frozen`: running statistics, left as they are, while every weight still has a gradient.
 */
export type NetworkMode = 'evaluate' | 'train' | 'renormalize' | 'frozen';

/** A named array as PyTorch would hold it: its layout, row-major. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** Weights and buffers by name, as `state_dict()` gives them in PyTorch. */
export type StateDict = ReadonlyMap<string, NamedArray>;

/**
 * A network over tensors of shape [N, D, H, W, C]. `T` is the tensor's type and `V` that of a variable, so that core
 * needs no tensor library.
 */
export interface Network<T = unknown, V = unknown> {
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  /** What the sizes x, y, z of an input must be multiples of. */
  readonly sizeMultiple: Vec3;
  /**
   * Maps [N, D, H, W, inChannels] to logits [N, D, H, W, outChannels].
   *
   * @throws ShapeError when the sizes don't fit; the text says which do
   */
  apply(input: T, mode: NetworkMode): T;
  /** The variables that training changes, by name. */
  trainableVariables(): ReadonlyMap<string, V>;
  /** The weights and buffers, in PyTorch's layout. */
  stateDict(): StateDict;
  /**
   * Replaces the weights and buffers.
   *
   * @throws InvalidArgumentError when a name is missing or unexpected, or a shape differs
   */
  loadStateDict(state: StateDict): void;
  /** Frees every variable; the network can't be used afterwards. */
  dispose(): void;
}

/** A loss over logits [N, D, H, W, C] and label numbers [N, D, H, W, 1]; gives a scalar. */
export type Loss<T = unknown> = (logits: T, label: T) => T;
