import { describe, expect, test } from '@jest/globals';
import {
  cornersOf,
  indexToWorld,
  type Geometry,
  type Mat3,
  type NamedBytes,
  type Volume,
  type VolumeReader,
} from '@lungseg/core';
import fc from 'fast-check';
import { huVolume, rotationOf, withSigns } from './volumes.js';

/** What {@link describeReader} needs to know of a format. */
export interface ReaderUnderTest {
  readonly reader: VolumeReader;
  /** Writes a volume as the format's files. */
  readonly write: (volume: Volume<Int16Array>) => Promise<readonly NamedBytes[]>;
  /** Formats whose k is i x j by definition hold right-handed volumes only. */
  readonly rightHandedOnly?: boolean;
}

/** The checks that every reader must pass: what was written is read back in its place, voxel by voxel. */
export function describeReader(
  label: string,
  { reader, write, rightHandedOnly = false }: ReaderUnderTest,
): void {
  const roundTrip = async (parts: Partial<Geometry>): Promise<void> => {
    const volume = huVolume(parts);
    const before = volume.data.slice();
    const read = await reader.read(await write(volume));
    expectSamePlace(read.geometry, volume.geometry);
    expect(Array.from(read.data)).toEqual(Array.from(before));
    expect(volume.data).toEqual(before);
  };

  describe(`${label} reader`, () => {
    test('reads the identity direction', () => roundTrip({ origin: [-10, 20.5, 300] }));

    const signs = [1, -1].flatMap((x) => [1, -1].flatMap((y) => [1, -1].map((z) => [x, y, z])));
    test.each(signs.filter(([x, y, z]) => !rightHandedOnly || x! * y! * z! > 0))(
      'reads axes turned by %i, %i, %i',
      (x, y, z) => roundTrip({ direction: withSigns([1, 0, 0, 0, 1, 0, 0, 0, 1], [x, y, z]) }),
    );

    test('reads oblique directions, spacings and origins at random (fast-check)', async () => {
      const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
      const spacing = fc.double({ min: 0.2, max: 8, noNaN: true });
      const position = fc.double({ min: -500, max: 500, noNaN: true });
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(angle, angle, angle),
          fc.tuple(spacing, spacing, spacing),
          fc.tuple(position, position, position),
          fc.boolean(),
          async (angles, spacings, origin, turn) => {
            const rotation: Mat3 = rotationOf(...angles);
            const direction = turn && !rightHandedOnly ? withSigns(rotation, [1, 1, -1]) : rotation;
            await roundTrip({ direction, spacing: spacings, origin });
          },
        ),
        { numRuns: 25 },
      );
    });

    test('recognises its own files by their first bytes', async () => {
      const [file] = await write(huVolume());
      expect(reader.sniff(file!.bytes.subarray(0, 1024))).toBe(true);
      expect(reader.sniff(new TextEncoder().encode('hello world, this is some text'))).toBe(false);
      expect(reader.sniff(new Uint8Array(0))).toBe(false);
    });

    test('reads the same twice, and leaves the bytes as they were', async () => {
      const files = await write(huVolume());
      const before = files.map(({ bytes }) => bytes.slice());
      const [first, second] = [await reader.read(files), await reader.read(files)];
      expect(second).toEqual(first);
      expect(files.map(({ bytes }) => new Uint8Array(bytes))).toEqual(
        before.map((bytes) => new Uint8Array(bytes)),
      );
    });

    test('refuses a file cut anywhere in its first half (fast-check)', async () => {
      const files = await write(huVolume());
      const [first, ...others] = files;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: first!.bytes.length >> 1 }), async (length) => {
          const cut = { name: first!.name, bytes: first!.bytes.slice(0, length) };
          await expect(reader.read([cut, ...others])).rejects.toMatchObject({
            kind: expect.stringMatching(/^(read|unsupported)$/),
          });
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** Expects two grids to be one: the size, and each corner's position within 1e-3 mm. */
export function expectSamePlace(actual: Geometry, expected: Geometry, toleranceMm = 1e-3): void {
  expect(actual.size).toEqual(expected.size);
  for (const corner of cornersOf(expected.size)) {
    const [p, q] = [indexToWorld(actual, corner), indexToWorld(expected, corner)];
    const distance = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    expect(distance).toBeLessThan(toleranceMm);
  }
}
