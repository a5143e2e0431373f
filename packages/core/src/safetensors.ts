import { InvalidArgumentError } from './errors.js';
import type { NamedArray, StateDict } from './interfaces.js';

/** The types of number that lungseg writes. Reading also takes F64. */
export type SafetensorsFloat = 'F32' | 'F16' | 'BF16';

/** The contents of a safetensors file. */
export interface Safetensors {
  readonly tensors: StateDict;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A header larger than this is refused, as the reference implementation does. */
const MAXIMUM_HEADER_BYTES = 100_000_000;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Reads a safetensors file. Half-precision floats become float32.
 *
 * @param bytes the whole file
 * @throws InvalidArgumentError when it is damaged or holds a type of number that lungseg doesn't read
 * @see https://github.com/huggingface/safetensors
 */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.byteLength >= 8 ? Number(view.getBigUint64(0, true)) : Number.NaN;
  if (!(headerLength <= Math.min(MAXIMUM_HEADER_BYTES, bytes.byteLength - 8))) {
    throw damaged(`its header should end within ${bytes.byteLength} bytes`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const body = bytes.subarray(8 + headerLength);
  const tensors = new Map<string, NamedArray>();
  for (const [name, entry] of Object.entries(header.entries))
    tensors.set(name, readTensor(name, entry, body));
  return { tensors, metadata: header.metadata };
}

/**
 * Writes a safetensors file.
 *
 * @param tensors arrays by name, in PyTorch's layout
 * @param options `float`: how floats are stored, F32 by default; `metadata`: free text by key
 * @returns the whole file
 */
export function formatSafetensors(
  tensors: StateDict,
  options: { readonly float?: SafetensorsFloat; readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const float = options.float ?? 'F32';
  const header: Record<string, unknown> =
    options.metadata === undefined ? {} : { __metadata__: options.metadata };
  const parts: Uint8Array[] = [];
  let offset = 0;
  // Eight-byte values first, so that every tensor is aligned to its own size.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { shape, data }] of ordered) {
    const part = data instanceof BigInt64Array ? bytesOf(data) : encodeFloats(data, float);
    header[name] = {
      dtype: data instanceof BigInt64Array ? 'I64' : float,
      shape,
      data_offsets: [offset, offset + part.byteLength],
    };
    offset += part.byteLength;
    parts.push(part);
  }
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  // Spaces up to a multiple of eight, which keeps the data aligned.
  const headerLength = Math.ceil(encoded.byteLength / 8) * 8;
  const file = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(encoded, 8);
  let position = 8 + headerLength;
  for (const part of parts) {
    file.set(part, position);
    position += part.byteLength;
  }
  return file;
}

function parseHeader(bytes: Uint8Array): {
  entries: Readonly<Record<string, unknown>>;
  metadata: Record<string, string>;
} {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw damaged('its header is not JSON', cause);
  }
  if (!isRecord(header)) throw damaged('its header is not an object');
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata)) throw damaged('its metadata is not an object');
  return { entries, metadata: metadata as Record<string, string> };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

function isEntry(value: unknown): value is HeaderEntry {
  return (
    isRecord(value) &&
    typeof value['dtype'] === 'string' &&
    areSizes(value['shape']) &&
    areSizes(value['data_offsets']) &&
    value['data_offsets'].length === 2
  );
}

const BYTES_PER_VALUE: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8 };

function readTensor(name: string, entry: unknown, body: Uint8Array): NamedArray {
  if (!isEntry(entry)) throw damaged(`the tensor ${name} has no type, shape and place in its header`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const size = Object.hasOwn(BYTES_PER_VALUE, dtype) ? BYTES_PER_VALUE[dtype] : undefined;
  if (size === undefined) {
    const known = Object.keys(BYTES_PER_VALUE).join(', ');
    throw new InvalidArgumentError(`The tensor ${name} must be one of ${known}. Received: ${dtype}.`);
  }
  const count = shape.reduce((a, b) => a * b, 1);
  const [begin, end] = offsets;
  if (!(end <= body.byteLength && end - begin === count * size)) {
    throw damaged(`the tensor ${name} lies outside the file's ${body.byteLength} bytes of data`);
  }
  // A copy, so that the values are aligned; not slice(), which shares memory where `bytes` is a Node Buffer.
  const bytes = new Uint8Array(body.subarray(begin, end)).buffer;
  switch (dtype) {
    case 'I64':
      return { shape, data: new BigInt64Array(bytes) };
    case 'F64':
      return { shape, data: Float32Array.from(new Float64Array(bytes)) };
    case 'F32':
      return { shape, data: new Float32Array(bytes) };
    default: {
      const half = new Uint16Array(bytes);
      return { shape, data: Float32Array.from(half, dtype === 'F16' ? fromFloat16 : fromBfloat16) };
    }
  }
}

function encodeFloats(data: Float32Array, float: SafetensorsFloat): Uint8Array {
  if (float === 'F32') return bytesOf(data);
  return bytesOf(Uint16Array.from(data, float === 'F16' ? toFloat16 : toBfloat16));
}

const bytesOf = (array: Float32Array | Uint16Array | BigInt64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

function fromBfloat16(half: number): number {
  scratchBits[0] = half << 16;
  return scratchFloat[0]!;
}

/** Rounds to the nearest, ties to even. */
function toBfloat16(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0]!;
  if (Number.isNaN(value)) return 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Rounds to the nearest, ties to even; what is too large becomes infinite. */
function toFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const units = roundHalfToEven(magnitude / 2 ** (exponent - 10));
  // A carry out of the fraction moves into the exponent by itself; subnormals have no implicit bit.
  return sign | (magnitude < 2 ** -14 ? units : ((exponent + 15) << 10) + units - 1024);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}

function damaged(reason: string, cause?: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`The safetensors file is damaged: ${reason}. Copy or download it again.`, {
    cause,
  });
}
