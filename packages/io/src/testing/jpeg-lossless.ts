/** An image, and how it is compressed. */
export interface JpegImage {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
  readonly predictor: number;
  /** Lines between restarts; 0 for none. */
  readonly linesPerRestart: number;
  readonly pointTransform: number;
  /** Whether codes have up to 16 bits, instead of 5. */
  readonly hasLongCodes: boolean;
  readonly pixels: readonly number[];
}

/** The lengths of the codes for 0 to 16 bits: 5 each, or each another, but for two of 16. */
const SHORT = Array<number>(17).fill(5);
const LONG = Array.from({ length: 17 }, (_, n) => Math.min(n + 1, 16));

/** A lossless JPEG, worked out from the standard's text alone, number by number. @see ITU-T T.81, annex H */
export function encodeJpegLossless(image: JpegImage): Uint8Array {
  const { rows, columns, precision, predictor, linesPerRestart, pointTransform } = image;
  const lengths = image.hasLongCodes ? LONG : SHORT;
  const counts = Array.from({ length: 16 }, (_, n) => lengths.filter((length) => length === n + 1).length);
  const word = (value: number): number[] => [value >> 8, value & 255];
  const segment = (marker: number, body: readonly number[]): number[] => [
    0xff,
    marker,
    ...word(body.length + 2),
    ...body,
  ];
  const head = [
    0xff,
    0xd8,
    ...segment(0xc4, [0, ...counts, ...lengths.keys()]),
    ...segment(0xc3, [precision, ...word(rows), ...word(columns), 1, 1, 0x11, 0]),
    ...(linesPerRestart === 0 ? [] : segment(0xdd, word(linesPerRestart * columns))),
    ...segment(0xda, [1, 1, 0, predictor, 0, pointTransform]),
  ];
  const pixels = image.pixels.map((value) => value >> pointTransform);
  const body: number[] = [];
  const step = linesPerRestart === 0 ? rows : linesPerRestart;
  for (let row = 0, part = 0; row < rows; row += step, part++) {
    if (part > 0) body.push(0xff, 0xd0 + ((part - 1) % 8));
    body.push(
      ...packed(bitsOf(pixels.slice(row * columns, (row + step) * columns), image, codesOf(lengths))),
    );
  }
  return Uint8Array.from([...head, ...body, 0xff, 0xd9]);
}

/** Codes of these lengths, as texts of 0 and 1: each the next of its length. */
function codesOf(lengths: readonly number[]): string[] {
  let code = 0;
  let previous = lengths[0]!;
  return lengths.map((length, n) => {
    code = n === 0 ? 0 : (code + 1) * 2 ** (length - previous);
    previous = length;
    return code.toString(2).padStart(length, '0');
  });
}

function bitsOf(pixels: readonly number[], image: JpegImage, codes: readonly string[]): string {
  const { columns, precision, pointTransform } = image;
  const at = (n: number): number => pixels[n]!;
  let bits = '';
  pixels.forEach((value, n) => {
    const [a, b, c] = [n - 1, n - columns, n - columns - 1];
    let before: number;
    if (n === 0) before = 2 ** (precision - pointTransform - 1);
    else if (n < columns) before = at(a);
    else if (n % columns === 0) before = at(b);
    else {
      before = [
        at(a),
        at(b),
        at(c),
        at(a) + at(b) - at(c),
        at(a) + Math.floor((at(b) - at(c)) / 2),
        at(b) + Math.floor((at(a) - at(c)) / 2),
        Math.floor((at(a) + at(b)) / 2),
      ][image.predictor - 1]!;
    }
    // Modulo 2^16, from -32767 to 32768.
    let difference = (((value - before) % 65536) + 65536) % 65536;
    if (difference > 32768) difference -= 65536;
    const size = Math.abs(difference) === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    bits += codes[size]!;
    if (size > 0 && size < 16)
      bits += (difference < 0 ? difference + 2 ** size - 1 : difference).toString(2).padStart(size, '0');
  });
  return bits;
}

/** Bytes, the last filled up with ones, and a zero after each byte of ones. */
function packed(bits: string): number[] {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const bytes = whole.match(/.{8}/g) ?? [];
  return bytes.flatMap((text) => (text === '11111111' ? [0xff, 0] : [Number.parseInt(text, 2)]));
}
