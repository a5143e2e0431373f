import { crc32c } from '../tensorboard/crc32c.js';

/** Takes TFRecords apart, and checks both CRCs of each: an unmasking of its own, after the format's text. */
export function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const unmask = (masked: number): number => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.byteLength;) {
    const length = Number(view.getBigUint64(at, true));
    if (unmask(view.getUint32(at + 8, true)) !== crc32c(file.subarray(at, at + 8))) {
      throw new Error(`The length at byte ${at} does not fit its CRC.`);
    }
    const data = file.subarray(at + 12, at + 12 + length);
    if (unmask(view.getUint32(at + 12 + length, true)) !== crc32c(data)) {
      throw new Error(`The record at byte ${at} does not fit its CRC.`);
    }
    records.push(data);
    at += 16 + length;
  }
  return records;
}
