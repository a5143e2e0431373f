import type { NamedBytes, Rng } from '@lungseg/core';

/** Input that is damaged or hostile in one way. */
export interface MalformedCase {
  /** What is wrong with it; no two are alike. */
  readonly name: string;
  /** The format that it is meant to be. */
  readonly format: string;
  /** Whether it must be refused. What a flipped bit makes may be another image that is sound. */
  readonly mustFail: boolean;
  /** Makes the files; some are large, so only when they are needed. */
  readonly make: () => readonly NamedBytes[];
}

/** Cases of one file of a format. */
export class CaseList {
  readonly cases: MalformedCase[] = [];

  constructor(
    readonly format: string,
    /** Puts a damaged file among the others that belong to it, where there are any. */
    readonly files: (bytes: Uint8Array) => readonly NamedBytes[],
  ) {}

  add(name: string, make: () => Uint8Array, mustFail = true): void {
    const { format, files } = this;
    this.cases.push({ name: `${format}: ${name}`, format, mustFail, make: () => files(make()) });
  }

  /** Cuts at each offset, and one byte before and after it. */
  cutAt(bytes: Uint8Array, boundaries: Readonly<Record<string, number>>): void {
    const seen = new Set<number>();
    for (const [what, boundary] of Object.entries(boundaries)) {
      for (const offset of [boundary - 1, boundary, boundary + 1]) {
        if (offset < 0 || offset >= bytes.byteLength || seen.has(offset)) continue;
        seen.add(offset);
        this.add(`cut after ${offset} bytes, at ${what}`, () => bytes.slice(0, offset));
      }
    }
  }

  /** Flips single bits, each somewhere in a range. */
  flipBits(bytes: Uint8Array, rng: Rng, count: number, [from, to]: readonly [number, number]): void {
    const seen = new Set<number>();
    while (seen.size < count) {
      const bit = rng.integer(8 * from, 8 * to);
      if (seen.has(bit)) continue;
      seen.add(bit);
      const [byte, mask] = [bit >> 3, 1 << (bit & 7)];
      this.add(
        `bit ${bit & 7} of byte ${byte} flipped`,
        () => bytes.map((value, n) => (n === byte ? value ^ mask : value)),
        false,
      );
    }
  }
}

/** A copy with some of its bytes written over. */
export function edited(bytes: Uint8Array, edit: (view: DataView, copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  edit(new DataView(copy.buffer), copy);
  return copy;
}

/** Bytes one after another. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
