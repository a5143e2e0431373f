import type { Picture } from './picture.js';

/**
 * Encodes a picture as a PNG file, of 8 bits a channel, without loss.
 *
 * @returns the file's bytes
 */
export async function encodePng({ width, height, data }: Picture): Promise<Uint8Array> {
  // It is an ES module alone, which CommonJS can't require in each Node 20.
  const { encode } = await import('fast-png');
  return encode({ width, height, data, channels: 3, depth: 8 });
}
