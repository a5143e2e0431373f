import { ReadError, UnsupportedError, type VoxelArray } from '@lungseg/core';
import { fragmentsOfFrames } from './dicom-fragments.js';
import { decodeFrame, isJpegLossless, isOurs } from './dicom-frame.js';
import { dicomFrameFile } from './dicom-frame-file.js';
import type { DicomInstance, DicomPixels } from './dicom-header.js';
import { inflateDicom } from './dicom-inflate.js';
import type { FileSource } from './file-source.js';
import { HuTarget } from './hu-target.js';
import type { Codecs, CompressedFrame, EncodedSlice } from './read-options.js';
import { decodeScalars, type ScalarType } from './scalars.js';

const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** Transfer syntaxes whose pixels are plain numbers. */
const PLAIN: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  EXPLICIT_BIG_ENDIAN,
]);

/** Those that codecs decode: JPEG baseline and extended; JPEG-LS; JPEG 2000. */
const CODED: ReadonlySet<string> = new Set(
  ['50', '51', '80', '81', '90', '91'].map((end) => `1.2.840.10008.1.2.4.${end}`),
);

/** No rescale to HU has a slope or intercept beyond this. */
const MAXIMUM_RESCALE = 1e6;

/** How many slices are given to a codec at a time: enough to spread the cost of a call, few enough to end together. */
const SLICES_PER_CALL = 16;

/** Shorter series of RLE and lossless JPEG are decoded in the thread that reads. */
const SLICES_FOR_THREADS = 24;

/** How many other slices are read at a time. */
const SLICES_PER_READ = 8;

/** The widest of the numbers that {@link checkPixels} lets pass. */
const MAXIMUM_BYTES_PER_NUMBER = 4;

/** Whether a slice's pixels are compressed. */
export function isCompressed({ transferSyntax }: DicomInstance): boolean {
  return !PLAIN.has(transferSyntax);
}

/** Whether it takes a codec to decode a slice. */
const isCoded = ({ transferSyntax }: DicomInstance): boolean => CODED.has(transferSyntax);

const bytesPerFrame = ({ rows, columns, bitsAllocated }: DicomPixels): number =>
  (rows * columns * bitsAllocated) / 8;

/**
 * Checks that pixels have a form that lungseg reads, and that a file holds as many bytes of them as its rows and
 * columns need.
 *
 * @throws ReadError when it is cut, or its rescale gives no HU
 * @throws UnsupportedError when its pixels have a form that lungseg doesn't read
 */
export function checkPixels(instance: DicomInstance, pixels: DicomPixels): void {
  const { name, frame, transferSyntax } = instance;
  const { rows, columns, bitsAllocated, bitsStored, highBit } = pixels;
  if (rows === 0 || columns === 0) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its rows and columns should be positive. Received: ${rows} and ${columns}. Copy or export it again.`,
    );
  }
  if (![8, 16, 32].includes(bitsAllocated)) {
    throw new UnsupportedError(
      `${name} has pixels of ${bitsAllocated} bits. lungseg reads 8, 16 and 32: convert the series first.`,
    );
  }
  if (!(bitsStored > 0 && bitsStored <= bitsAllocated && highBit === bitsStored - 1)) {
    throw new UnsupportedError(
      `${name} stores ${bitsStored} bits up to bit ${highBit} of ${bitsAllocated}, which lungseg doesn't read. Convert the series first.`,
    );
  }
  if (pixels.hasTable) {
    throw new UnsupportedError(
      `${name} has a table (Modality LUT) that turns its numbers into HU, which lungseg doesn't read. Export the series again, with a rescale slope and intercept.`,
    );
  }
  const { slope, intercept } = pixels;
  if (!(slope !== 0 && [slope, intercept].every((value) => Math.abs(value) <= MAXIMUM_RESCALE))) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its rescale slope and intercept should be numbers that give HU. Received: ${slope} and ${intercept}. Export the series again.`,
    );
  }
  if (isCompressed(instance) && !isOurs(transferSyntax) && !isCoded(instance)) {
    throw new UnsupportedError(
      `${name} has the transfer syntax ${transferSyntax || 'of no name'}, which lungseg doesn't read. Export the series again, uncompressed.`,
    );
  }
  if (isJpegLossless(transferSyntax) && bitsAllocated > 16) {
    throw new UnsupportedError(
      `${name} has pixels of ${bitsAllocated} bits in lossless JPEG, which has 16 at most. Export the series again, uncompressed.`,
    );
  }
  if (isCompressed(instance) !== pixels.encapsulated) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its transfer syntax, ${transferSyntax}, has pixels ${isCompressed(instance) ? 'in fragments, and it has none' : 'in one piece, and it has fragments'}. Export it again.`,
    );
  }
  // Compressed pixels don't say how many bytes they take.
  if (isCompressed(instance)) return;
  const needed = bytesPerFrame(pixels);
  const received = pixels.length - frame * needed;
  if (received < needed) {
    throw new ReadError(
      name,
      `${name} is cut short: ${columns} x ${rows} pixels take ${needed} bytes, it has ${Math.max(received, 0)} of them. Copy or export it again.`,
    );
  }
}

/** HU, and what was padding among them. */
export interface DecodedSeries {
  /** int16 where every number is one, int32 or float32 where they aren't. */
  readonly data: VoxelArray;
  /** How many voxels were padding, and are air now. */
  readonly padded: number;
}

/**
 * Decodes the slices of a series to HU, one after the other into one array.
 *
 * @param instances checked slices in ascending order
 * @param codecs decode what is compressed
 * @param signal stops between two slices
 * @throws UnsupportedError when slices are compressed and no codec was given
 * @throws ReadError when a slice is damaged
 */
export async function decodeSeries(
  instances: readonly DicomInstance[],
  codecs: Codecs,
  signal?: AbortSignal,
): Promise<DecodedSeries> {
  const { rows, columns } = instances[0]!.pixels!;
  const sliceLength = rows * columns;
  const wholeNumbers = instances.every(
    ({ pixels }) => Number.isInteger(pixels!.slope) && Number.isInteger(pixels!.intercept),
  );
  const target = new HuTarget(sliceLength * instances.length, wholeNumbers);
  const files = new FileContents();
  const { decodeFrames } = codecs;
  // A thread takes longer to start than a few slices do to decode.
  const isInThread = ({ transferSyntax }: DicomInstance): boolean =>
    decodeFrames !== undefined && instances.length >= SLICES_FOR_THREADS && isOurs(transferSyntax);
  let next = 0;
  // Each lane takes the next slices, so that one reads while the other decodes.
  const lane = async (): Promise<void> => {
    const memory: Uint8Array[] = [];
    while (next < instances.length) {
      signal?.throwIfAborted();
      const start = next;
      const run = runOfOneKind(instances, start);
      next += run.length;
      const stored = isCoded(run[0]!)
        ? await decodeCoded(run, files, codecs)
        : isInThread(run[0]!)
          ? await decodeFrames!(await Promise.all(run.map((instance) => compressedFrame(instance, files))))
          : await Promise.all(
              run.map((instance, n) => {
                memory[n] ??= new Uint8Array(sliceLength * MAXIMUM_BYTES_PER_NUMBER);
                return readStored(instance, files, memory[n]);
              }),
            );
      stored.forEach((numbers, n) => {
        target.set((start + n) * sliceLength, numbers, run[n]!.pixels!, run[n]!.name);
      });
    }
  };
  await Promise.all(Array.from({ length: codecs.concurrency ?? 1 }, lane));
  return target;
}

/** The slices from `start` on that are read together: all of one transfer syntax. */
function runOfOneKind(instances: readonly DicomInstance[], start: number): DicomInstance[] {
  const coded = isCoded(instances[start]!);
  const run = instances.slice(start, start + (coded ? SLICES_PER_CALL : SLICES_PER_READ));
  const { transferSyntax } = run[0]!;
  const end = run.findIndex((other) => other.transferSyntax !== transferSyntax);
  return end < 0 ? run : run.slice(0, end);
}

/** Keeps what the frames of one file have in common, so that it is read and unpacked once. */
class FileContents {
  #source: FileSource | undefined;
  #fragments: Promise<Uint8Array[][]> | undefined;
  #inflated: Promise<Uint8Array> | undefined;

  fragments({ source, pixels }: DicomInstance): Promise<Uint8Array[][]> {
    this.#turnTo(source);
    this.#fragments ??= source
      .read(pixels!.offset)
      .then((bytes) => fragmentsOfFrames(source.name, bytes, pixels!.frames));
    return this.#fragments;
  }

  inflated({ source, pixels }: DicomInstance): Promise<Uint8Array> {
    this.#turnTo(source);
    this.#inflated ??= source.read().then((bytes) => inflateDicom(bytes, pixels!.deflatedFrom!));
    return this.#inflated;
  }

  #turnTo(source: FileSource): void {
    if (this.#source === source) return;
    this.#source = source;
    this.#fragments = undefined;
    this.#inflated = undefined;
  }
}

async function decodeCoded(
  run: readonly DicomInstance[],
  files: FileContents,
  codecs: Codecs,
): Promise<VoxelArray[]> {
  const { name, pixels } = run[0]!;
  if (codecs.decodeSlices === undefined) {
    throw new UnsupportedError(
      `${name} is compressed DICOM, and no codec for it was given. Pass codecs, for instance nodeCodecs.`,
    );
  }
  const slices: EncodedSlice[] = [];
  for (const [order, instance] of run.entries()) {
    const fragments = (await files.fragments(instance))[instance.frame]!;
    slices.push({ name: instance.name, bytes: dicomFrameFile(instance, fragments, order) });
  }
  const values = await codecs.decodeSlices(slices);
  const length = pixels!.rows * pixels!.columns;
  if (values.length !== length * run.length) {
    throw new ReadError(
      name,
      `${run.length} compressed slices from ${name} on should decode to ${length * run.length} pixels. Received: ${values.length}. Copy or export the series again.`,
    );
  }
  return run.map((_, n) => values.subarray(n * length, (n + 1) * length));
}

async function compressedFrame(instance: DicomInstance, files: FileContents): Promise<CompressedFrame> {
  const { name, transferSyntax, frame, pixels } = instance;
  const { rows, columns, bitsAllocated, signed } = pixels!;
  const fragments = (await files.fragments(instance))[frame]!;
  return { name, transferSyntax, fragments, rows, columns, bitsAllocated, signed };
}

/** The stored numbers of a slice that takes no codec, in `memory` where they have to be read or unpacked. */
async function readStored(
  instance: DicomInstance,
  files: FileContents,
  memory: Uint8Array,
): Promise<VoxelArray> {
  const { name, source, pixels, frame, transferSyntax } = instance;
  const { bitsAllocated, signed, offset, deflatedFrom } = pixels!;
  const length = bytesPerFrame(pixels!);
  const begin = offset + frame * length;
  const type = `${signed ? '' : 'u'}int${bitsAllocated}` as ScalarType;
  if (isOurs(transferSyntax)) return decodeFrame(await compressedFrame(instance, files), memory);
  const bytes =
    deflatedFrom === undefined
      ? await source.read(begin, begin + length, memory)
      : (await files.inflated(instance)).subarray(begin, begin + length);
  if (bytes.byteLength < length) {
    throw new ReadError(name, `${name} changed while it was read: it is shorter now. Try again.`);
  }
  return decodeScalars(bytes, type, transferSyntax !== EXPLICIT_BIG_ENDIAN);
}
