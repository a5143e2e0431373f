import type { Vec3 } from '@lungseg/core';

/** A solid that is painted into slices; `reach` bounds it in z. */
export type Shape = Ellipsoid | Capsule;

/** What a shape leaves behind. */
export interface Paint {
  /** HU of the inside. */
  readonly hu: number;
  /** Bits of the tissues that it may cover, as `1 << Tissue`. */
  readonly over: number;
  /** The tissue that its inside becomes; none: stays. */
  readonly becomes?: number;
  /** Width of the soft edge in mm. */
  readonly edge?: number;
  /** Amplitude of the outline's irregularity, as a fraction of the radius. */
  readonly ragged?: number;
  /** How much of the old HU is kept inside, 0 to 1. */
  readonly keep?: number;
  /** Paints only where the shape's y, from its centre, lies below (gas) or above (fluid) this, in mm. */
  readonly above?: number;
}

/** An ellipsoid whose axes may be turned about z, then tilted about y. */
export interface Ellipsoid extends Paint {
  readonly type: 'ellipsoid';
  readonly centre: Vec3;
  readonly radii: Vec3;
  readonly turn?: number;
  readonly tilt?: number;
}

/** A rod with round ends whose radius changes evenly from `from` to `to`. */
export interface Capsule extends Paint {
  readonly type: 'capsule';
  readonly from: Vec3;
  readonly to: Vec3;
  readonly r0: number;
  readonly r1: number;
  /** Flattens it in y: 1 round, 0.6 flat. */
  readonly flat?: number;
}

/** The slice that shapes are painted into; positions are those of the phantom's frame. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Frame position of each pixel, displaced. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Displacement in z of each pixel. */
  readonly dz: Float32Array;
  readonly texture: Float32Array;
  readonly hu: Float32Array;
  readonly tissue: Uint8Array;
  /** Slice height in the frame. */
  z: number;
  /** Columns and rows from the frame's x and y (undisplaced): column = a x + b y + c. */
  readonly toColumn: Vec3;
  readonly toRow: Vec3;
  /** Farthest displacement, in mm. */
  readonly slack: number;
  /** Pixel size in mm of the frame. */
  readonly pixel: number;
}

/** Lowest and highest z that a shape touches. */
export function reachOf(shape: Shape): [number, number] {
  if (shape.type === 'ellipsoid') {
    const r = shape.tilt === undefined ? shape.radii[2] : Math.max(...shape.radii);
    const grown = r * (1 + (shape.ragged ?? 0)) + 1;
    return [shape.centre[2] - grown, shape.centre[2] + grown];
  }
  return [
    Math.min(shape.from[2] - shape.r0, shape.to[2] - shape.r1) - 1,
    Math.max(shape.from[2] + shape.r0, shape.to[2] + shape.r1) + 1,
  ];
}

/** A {@link Capsule}, for short. */
export function rod(
  from: Vec3,
  to: Vec3,
  r0: number,
  r1: number,
  how: Paint & { readonly flat?: number },
): Capsule {
  return { type: 'capsule', from, to, r0, r1, ...how };
}

/** An {@link Ellipsoid}, for short. */
export function ball(
  centre: Vec3,
  radii: Vec3,
  how: Paint & { readonly turn?: number; readonly tilt?: number },
): Ellipsoid {
  return { type: 'ellipsoid', centre, radii, ...how };
}
