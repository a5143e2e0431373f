/** What so many bits stand for is looked up at once: nearly always a whole difference. */
const FAST_BITS = 12;

/** No code is longer, and no difference takes more bits. */
const LONGEST = 16;

/** An entry of {@link HuffmanTable.fast}: how many bits it took, whether these are the whole difference, and that or its size. */
const TAKEN = 0x1f;
const IS_WHOLE = 0x20;
const VALUE_AT = 6;

/** How many bits a number's difference takes, by its code. */
export interface HuffmanTable {
  /** By the next bits; 0 where the code is longer than they are. */
  readonly fast: Int32Array;
  /** By length: the largest code, or -1. */
  readonly largest: Int32Array;
  /** By length: what added to a code gives the place of its value. */
  readonly offsets: Int32Array;
  readonly values: Uint8Array;
}

/**
 * The codes of a table of JPEG.
 *
 * @param counts how many codes there are of each length, from 1 to 16
 * @param values theirs, in ascending order of codes: sizes of differences, of 0 to 16 bits
 * @returns undefined where there are more codes than fit
 * @see ITU-T T.81, annex C
 */
export function huffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
  const fast = new Int32Array(1 << FAST_BITS);
  const largest = new Int32Array(LONGEST + 1).fill(-1);
  const offsets = new Int32Array(LONGEST + 1);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= LONGEST; length++) {
    const count = counts[length - 1]!;
    if (code + count > 1 << length) return undefined;
    offsets[length] = place - code;
    const spare = FAST_BITS - length;
    for (let n = 0; n < count && spare >= 0; n++) {
      const size = values[place + n]!;
      for (let rest = 0; rest < 1 << spare; rest++)
        fast[((code + n) << spare) | rest] = entryOf(length, size, rest, spare);
    }
    code += count;
    place += count;
    if (count > 0) largest[length] = code - 1;
    code <<= 1;
  }
  return { fast, largest, offsets, values };
}

/** What a code stands for, with the bits that follow it. */
function entryOf(length: number, size: number, rest: number, spare: number): number {
  if (size === LONGEST) return ((2 ** (LONGEST - 1)) << VALUE_AT) | IS_WHOLE | length;
  if (size > spare) return (size << VALUE_AT) | length;
  return (differenceOf(rest >> (spare - size), size) << VALUE_AT) | IS_WHOLE | (length + size);
}

/** The difference that so many bits are: their lower half stands for negative numbers. */
const differenceOf = (bits: number, size: number): number =>
  size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

/** Reads differences between numbers, each a code for how many bits it takes, and these. */
export class DifferenceReader {
  readonly #data: Uint8Array;
  readonly #table: HuffmanTable;
  #position = 0;
  /** Bits of the data, of which the lowest `#count`, up to 31, are still to be read. */
  #bits = 0;
  #count = 0;

  /** @param data without stuffing, with as many zeros at its end as a line may take too many, and four more */
  constructor(data: Uint8Array, table: HuffmanTable) {
    this.#data = data;
    this.#table = table;
  }

  /** How many bits have been read. */
  get used(): number {
    return 8 * this.#position - this.#count;
  }

  /** Fills a line with differences, and says whether every code is one of the table's. */
  read(line: Int32Array): boolean {
    const data = this.#data;
    const { fast } = this.#table;
    let position = this.#position;
    let bits = this.#bits;
    let count = this.#count;
    for (let i = 0; i < line.length; i++) {
      if (count < LONGEST) {
        bits = (bits << 16) | (data[position]! << 8) | data[position + 1]!;
        position += 2;
        count += 16;
      }
      let entry = fast[(bits >>> (count - FAST_BITS)) & ((1 << FAST_BITS) - 1)]!;
      if (entry === 0) entry = this.#longCode(bits, count);
      if (entry === 0) return false;
      count -= entry & TAKEN;
      if ((entry & IS_WHOLE) !== 0) {
        line[i] = entry >> VALUE_AT;
        continue;
      }
      const size = entry >> VALUE_AT;
      if (count < size) {
        bits = (bits << 16) | (data[position]! << 8) | data[position + 1]!;
        position += 2;
        count += 16;
      }
      count -= size;
      line[i] = differenceOf((bits >>> count) & ((1 << size) - 1), size);
    }
    this.#position = position;
    this.#bits = bits;
    this.#count = count;
    return true;
  }

  #longCode(bits: number, count: number): number {
    const { largest, offsets, values } = this.#table;
    for (let length = FAST_BITS + 1; length <= LONGEST; length++) {
      const code = (bits >>> (count - length)) & ((1 << length) - 1);
      if (code <= largest[length]!) return entryOf(length, values[code + offsets[length]!]!, 0, 0);
    }
    return 0;
  }
}
