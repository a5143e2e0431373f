/** Pixels of red, green and blue, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly data: Uint8ClampedArray;
}
