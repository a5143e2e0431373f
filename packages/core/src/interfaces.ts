import type { Rng } from './rng.js';
import type { Volume } from './volume.js';

/** Anything that JSON can hold: what the parameters of a transform are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The volumes of one case by name, for instance `{ image, label }`. */
export type Sample = Readonly<Record<string, Volume>>;

/**
 * A step of a pipeline: sampling its parameters is apart from acting, so that parameters can be kept,
 * replayed and inverted. One set of parameters serves every volume of a sample.
 */
export interface Transform<P extends Json = Json> {
  /** Its name in histories and errors, for instance `flip`. */
  readonly name: string;
  /** Draws the parameters; the only place that uses the generator. Never changes the sample. */
  sampleParams(rng: Rng, sample: Sample): P;
  /** Applies the parameters to one volume, and gives a new one. Labels are never interpolated or scaled. */
  apply(volume: Volume, params: P): Volume;
  /** Undoes {@link Transform.apply}, where that can be undone. */
  invert?(volume: Volume, params: P): Volume;
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
  compute(prediction: Volume, reference: Volume): number;
}
