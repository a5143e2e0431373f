import protobuf from 'protobufjs/minimal.js';

/** A PNG with its size. */
export interface EncodedImage {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

/** A number of a plot, or an image. */
export type SummaryValue =
  { readonly tag: string; readonly scalar: number } | { readonly tag: string; readonly image: EncodedImage };

/** Fields' numbers, shifted by three, with their wire type: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
const EVENT = { wallTime: (1 << 3) | 1, step: 2 << 3, fileVersion: (3 << 3) | 2, summary: (5 << 3) | 2 };
const SUMMARY_VALUE = (1 << 3) | 2;
const VALUE = { tag: (1 << 3) | 2, simpleValue: (2 << 3) | 5, image: (4 << 3) | 2 };
const IMAGE = { height: 1 << 3, width: 2 << 3, colorspace: 3 << 3, encoded: (4 << 3) | 2 };
const RGB = 3;

/** The first event of a file, which says its version. */
export function formatVersionEvent(wallTimeSeconds: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32(EVENT.wallTime)
    .double(wallTimeSeconds)
    .uint32(EVENT.fileVersion)
    .string('brain.Event:2')
    .finish();
}

/**
 * A TensorFlow Event message with summaries.
 *
 * @see https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto, event.proto and summary.proto
 */
export function formatEvent(
  wallTimeSeconds: number,
  step: number,
  values: readonly SummaryValue[],
): Uint8Array {
  const writer = protobuf.Writer.create()
    .uint32(EVENT.wallTime)
    .double(wallTimeSeconds)
    .uint32(EVENT.step)
    .int64(step)
    .uint32(EVENT.summary)
    .fork();
  for (const value of values) {
    writer.uint32(SUMMARY_VALUE).fork().uint32(VALUE.tag).string(value.tag);
    if ('scalar' in value) {
      writer.uint32(VALUE.simpleValue).float(value.scalar);
    } else {
      const { width, height, png } = value.image;
      writer.uint32(VALUE.image).fork();
      writer.uint32(IMAGE.height).int32(height).uint32(IMAGE.width).int32(width);
      writer.uint32(IMAGE.colorspace).int32(RGB).uint32(IMAGE.encoded).bytes(png).ldelim();
    }
    writer.ldelim();
  }
  return writer.ldelim().finish();
}
