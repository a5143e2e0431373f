import { ReadError, UnsupportedError, type VoxelArray } from '@lungseg/core';
import { inflateDicom, type DicomInstance, type DicomPixels } from './dicom-header.js';
import type { Codecs, EncodedSlice } from './read-options.js';
import { decodeScalars, type ScalarType } from './scalars.js';

const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const DEFLATED_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** Transfer syntaxes whose pixels are plain numbers. */
const PLAIN: ReadonlySet<string> = new Set([
  IMPLICIT_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
]);

/** No rescale to HU has a slope or intercept beyond this. */
const MAXIMUM_RESCALE = 1e6;

/** How many compressed slices are decoded at a time: enough to spread the cost of a call, few enough for memory. */
const SLICES_PER_CALL = 64;

/** Whether a slice's pixels are compressed. */
export function isCompressed({ transferSyntax, pixels }: DicomInstance): boolean {
  return pixels?.encapsulated === true || !PLAIN.has(transferSyntax);
}

/**
 * Checks that a file holds as many bytes of pixels as its rows and columns need.
 *
 * @throws ReadError when it is cut
 * @throws UnsupportedError when its pixels have a form that lungseg doesn't read
 */
export function checkPixels(instance: DicomInstance, pixels: DicomPixels): void {
  const { name } = instance;
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
  const { slope, intercept } = pixels;
  if (!(slope !== 0 && [slope, intercept].every((value) => Math.abs(value) <= MAXIMUM_RESCALE))) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: its rescale slope and intercept should be numbers that give HU. Received: ${slope} and ${intercept}. Export the series again.`,
    );
  }
  // Compressed pixels don't say how many bytes they take.
  if (isCompressed(instance)) return;
  const needed = (rows * columns * bitsAllocated) / 8;
  if (pixels.length < needed) {
    throw new ReadError(
      name,
      `${name} is cut short: ${columns} x ${rows} pixels take ${needed} bytes, it has ${pixels.length} of them. Copy or export it again.`,
    );
  }
}

/**
 * Decodes the slices of a series to HU, one after the other into one array.
 *
 * @param instances checked slices in ascending order
 * @param codecs decode what is compressed
 * @param signal stops between two slices
 * @returns int16 where every number is one, int32 or float32 where they aren't
 * @throws UnsupportedError when slices are compressed and no codec was given
 * @throws ReadError when a slice is damaged
 */
export async function decodeSeries(
  instances: readonly DicomInstance[],
  codecs: Codecs,
  signal?: AbortSignal,
): Promise<VoxelArray> {
  const { rows, columns } = instances[0]!.pixels!;
  const sliceLength = rows * columns;
  const wholeNumbers = instances.every(
    ({ pixels }) => Number.isInteger(pixels!.slope) && Number.isInteger(pixels!.intercept),
  );
  const target = new HuTarget(sliceLength * instances.length, wholeNumbers);
  for (let k = 0; k < instances.length;) {
    signal?.throwIfAborted();
    const instance = instances[k]!;
    const run = isCompressed(instance) ? runOfEqualRescale(instances, k) : [instance];
    const slices: EncodedSlice[] = [];
    for (const { name, source } of run) slices.push({ name, bytes: await source.read() });
    if (isCompressed(instance)) {
      target.set(k * sliceLength, await decodeCompressed(slices, run.length * sliceLength, codecs), 1, 0);
    } else {
      const { slope, intercept } = instance.pixels!;
      target.set(k * sliceLength, decodePlain(instance, slices[0]!.bytes), slope, intercept);
    }
    k += run.length;
  }
  return target.data;
}

/** The slices from `start` on that one call of the codec may decode. */
function runOfEqualRescale(instances: readonly DicomInstance[], start: number): DicomInstance[] {
  const { slope, intercept } = instances[start]!.pixels!;
  const end = instances.findIndex(
    (other, k) =>
      k > start &&
      (k - start === SLICES_PER_CALL ||
        !isCompressed(other) ||
        other.pixels!.slope !== slope ||
        other.pixels!.intercept !== intercept),
  );
  return instances.slice(start, end < 0 ? undefined : end);
}

async function decodeCompressed(
  slices: readonly EncodedSlice[],
  expected: number,
  codecs: Codecs,
): Promise<ArrayLike<number>> {
  const { name } = slices[0]!;
  if (codecs.decodeSlices === undefined) {
    throw new UnsupportedError(
      `${name} is compressed DICOM, and no codec for it was given. Pass codecs, for instance nodeCodecs.`,
    );
  }
  const values = await codecs.decodeSlices(slices);
  if (values.length !== expected) {
    throw new ReadError(
      name,
      `${slices.length} compressed slices from ${name} on should decode to ${expected} pixels. Received: ${values.length}. Copy or export the series again.`,
    );
  }
  return values;
}

function decodePlain({ name, pixels, transferSyntax }: DicomInstance, file: Uint8Array): VoxelArray {
  const { rows, columns, bitsAllocated, bitsStored, signed, offset, deflatedFrom } = pixels!;
  const bytes = deflatedFrom === undefined ? file : inflateDicom(file, deflatedFrom);
  const type = `${signed ? '' : 'u'}int${bitsAllocated}` as ScalarType;
  const end = offset + (rows * columns * bitsAllocated) / 8;
  if (bytes.byteLength < end) {
    throw new ReadError(name, `${name} changed while it was read: it is shorter now. Try again.`);
  }
  const stored = decodeScalars(bytes.subarray(offset, end), type, transferSyntax !== EXPLICIT_BIG_ENDIAN);
  return bitsStored === bitsAllocated ? stored : withoutUnusedBits(stored, 32 - bitsStored, signed);
}

/** Bits above those stored may hold anything, such as overlays; the sign stands in the highest bit stored. */
function withoutUnusedBits(stored: VoxelArray, unused: number, signed: boolean): VoxelArray {
  const clean = stored.slice();
  for (let i = 0; i < clean.length; i++) {
    const raised = clean[i]! << unused;
    clean[i] = signed ? raised >> unused : raised >>> unused;
  }
  return clean;
}

/** Collects HU in the smallest array that holds them: int16 first, int32 once a number doesn't fit. */
class HuTarget {
  data: Int16Array | Int32Array | Float32Array;

  constructor(length: number, wholeNumbers: boolean) {
    this.data = wholeNumbers ? new Int16Array(length) : new Float32Array(length);
  }

  set(offset: number, values: ArrayLike<number>, slope: number, intercept: number): void {
    let data = this.data;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]! * slope + intercept;
      data[offset + i] = value;
      if (data instanceof Int16Array && data[offset + i] !== value) {
        data = Int32Array.from(data);
        data[offset + i] = value;
      }
    }
    this.data = data;
  }
}
