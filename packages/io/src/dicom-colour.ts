/** sRGB, linear, to XYZ under D50, the white of DICOM's profile connection space. @see ICC.1, Bradford-adapted */
const TO_XYZ_D50 = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;
const WHITE_D50 = [0.9642127, 1, 0.8252099] as const;

/**
 * A colour as RecommendedDisplayCIELabValue holds it: L*, a* and b*, each over the range of 16 bits.
 *
 * @param colour red, green and blue in sRGB, 0 to 255
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.10.7.html#sect_C.10.7.1.1
 */
export function dicomLab(colour: readonly [number, number, number]): [number, number, number] {
  const linear = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [x, y, z] = TO_XYZ_D50.map((row, axis) => {
    const ratio = row.reduce((sum, weight, n) => sum + weight * linear[n]!, 0) / WHITE_D50[axis]!;
    return ratio > (6 / 29) ** 3 ? Math.cbrt(ratio) : ratio / (3 * (6 / 29) ** 2) + 4 / 29;
  }) as [number, number, number];
  const [lightness, a, b] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  return [(lightness / 100) * 65535, (a + 128) * 257, (b + 128) * 257].map(Math.round) as [
    number,
    number,
    number,
  ];
}
