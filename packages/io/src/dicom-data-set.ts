/** A DICOM data set by tag (eight hexadecimal digits): the VR and the value. */
export type DicomDataSet = Readonly<Record<string, DicomElement>>;

/** An element's VR and value: texts, numbers, tags (AT), bytes, or the items of a sequence. */
export type DicomElement =
  | readonly [vr: 'US' | 'UL', value: number | readonly number[]]
  | readonly [vr: 'OB', value: Uint8Array]
  | readonly [vr: 'SQ', items: readonly DicomDataSet[]]
  | readonly [vr: TextVr | 'AT', value: string | readonly string[]];

/** The VRs whose values are text. */
export type TextVr = 'AS' | 'CS' | 'DA' | 'DS' | 'IS' | 'LO' | 'LT' | 'PN' | 'SH' | 'ST' | 'TM' | 'UI' | 'UT';

/** VRs whose length takes four bytes, after two that are reserved. @see DICOM part 5, 7.1.2 */
const LONG_VRS: ReadonlySet<string> = new Set(['OB', 'SQ', 'UT']);

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Where pixels stand, as the last element. */
const PIXEL_DATA = '7fe00010';

/** The root of UIDs made of a UUID. @see DICOM part 5, B.2 */
const UUID_ROOT = '2.25';

/** A new UID, made of a random UUID. */
export function createUid(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  // Version 4, variant 1, as RFC 4122 has it.
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `${UUID_ROOT}.${bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n)}`;
}

/**
 * A DICOM file of part 10 in explicit little-endian, with its texts in UTF-8.
 *
 * @param dataSet with its SOP class (00080016) and instance (00080018), without its pixels
 * @param pixels the bytes of its pixels, of an even length; kept, not copied
 * @returns the file's bytes, in two parts
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part10/chapter_7.html
 */
export function encodeDicomFile(dataSet: DicomDataSet, pixels: Uint8Array): [Uint8Array, Uint8Array] {
  const meta = new ElementWriter();
  meta.dataSet({
    '00020001': ['OB', Uint8Array.of(0, 1)],
    '00020002': dataSet['00080016']!,
    '00020003': dataSet['00080018']!,
    '00020010': ['UI', EXPLICIT_LITTLE_ENDIAN],
    '00020012': ['UI', `${UUID_ROOT}.5387019746571539778616746417064359762`],
    '00020013': ['SH', 'lungseg'],
  });
  const file = new ElementWriter();
  file.bytes(new Uint8Array(128));
  file.bytes(new TextEncoder().encode('DICM'));
  file.dataSet({ '00020000': ['UL', meta.written().byteLength] });
  file.bytes(meta.written());
  file.dataSet({ '00080005': ['CS', 'ISO_IR 192'], ...dataSet });
  file.header(PIXEL_DATA, 'OB', pixels.byteLength);
  return [file.written(), pixels];
}

/** Collects bytes in memory that grows; a sequence's length is filled in once its items are there. */
class ElementWriter {
  #memory = new Uint8Array(2 ** 16);
  #view = new DataView(this.#memory.buffer);
  #length = 0;

  written(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#grow(bytes.byteLength);
    this.#memory.set(bytes, at);
  }

  /** Writes elements in the order of their tags. */
  dataSet(dataSet: DicomDataSet): void {
    for (const [tag, element] of Object.entries(dataSet).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (element[0] === 'SQ') this.#sequence(tag, element[1]);
      else {
        const value = valueBytes(element);
        this.header(tag, element[0], value.byteLength);
        this.bytes(value);
      }
    }
  }

  header(tag: string, vr: string, length: number): void {
    this.#tag(tag);
    this.bytes(new TextEncoder().encode(vr));
    if (LONG_VRS.has(vr)) {
      this.#grow(2);
      this.#uint32(length);
    } else {
      if (length > 0xffff) throw new RangeError(`An element ${tag} of ${length} bytes is too long.`);
      this.#uint16(length);
    }
  }

  #sequence(tag: string, items: readonly DicomDataSet[]): void {
    this.header(tag, 'SQ', 0);
    const lengthAt = this.#length - 4;
    for (const item of items) {
      this.#tag('fffee000');
      this.#uint32(0);
      const itemLengthAt = this.#length - 4;
      this.dataSet(item);
      this.#view.setUint32(itemLengthAt, this.#length - itemLengthAt - 4, true);
    }
    this.#view.setUint32(lengthAt, this.#length - lengthAt - 4, true);
  }

  #tag(tag: string): void {
    this.bytes(tagBytes(tag));
  }

  #uint16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
  }

  #uint32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
  }

  /** Makes room for more bytes, and gives where they go. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#memory.byteLength) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#memory);
      this.#memory = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Group and element, each little-endian. */
function tagBytes(tag: string): Uint8Array {
  const value = Number.parseInt(tag, 16);
  return Uint8Array.of((value >>> 16) & 0xff, value >>> 24, value & 0xff, (value >>> 8) & 0xff);
}

function valueBytes(element: Exclude<DicomElement, readonly ['SQ', unknown]>): Uint8Array {
  const [vr, value] = element;
  if (value instanceof Uint8Array) return value;
  if (vr === 'US' || vr === 'UL') return numberBytes(vr === 'US' ? 2 : 4, value);
  const texts = [value as string | readonly string[]].flat();
  if (vr === 'AT') return Uint8Array.from(texts.flatMap((tag) => [...tagBytes(tag)]));
  const bytes = new TextEncoder().encode(texts.join('\\'));
  if (bytes.byteLength % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.byteLength + 1).fill(vr === 'UI' ? 0 : 0x20);
  padded.set(bytes);
  return padded;
}

function numberBytes(width: 2 | 4, value: number | readonly number[]): Uint8Array {
  const numbers = [value].flat();
  const bytes = new Uint8Array(width * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, n) =>
    width === 2 ? view.setUint16(2 * n, number, true) : view.setUint32(4 * n, number, true),
  );
  return bytes;
}

/**
 * A number as text of at most 16 characters, as the VR DS has it, with as many digits as these hold.
 *
 * @see DICOM part 5, 6.2
 */
export function decimalString(value: number): string {
  for (let digits = 17; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  throw new RangeError(`${value} has no decimal text of 16 characters.`);
}
