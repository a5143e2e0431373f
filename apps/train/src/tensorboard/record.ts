import { maskedCrc32c } from './crc32c.js';

/**
 * A TFRecord: length (8 bytes), masked CRC-32C of the length, the data, masked CRC-32C of the data; little-endian.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function formatRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.byteLength + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.byteLength), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.byteLength, maskedCrc32c(data), true);
  return record;
}
