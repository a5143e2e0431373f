import { createGeometry, createVolume, Rng, type Vec3, type Volume } from '@lungseg/core';

/** A body in air with the noise of a CT, since how fast a file unpacks depends on what is in it. */
export function noisyCt(size: Vec3): Volume<Int16Array> {
  const rng = new Rng(1);
  const noise = Int16Array.from({ length: 65521 }, () => Math.round(rng.normal(0, 15)));
  const [nx, ny, nz] = size;
  const data = new Int16Array(nx * ny * nz);
  let n = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const x = i / nx - 0.5;
        const y = j / ny - 0.5;
        const inBody = x * x + 2 * y * y < 0.2;
        const inLung = (Math.abs(x) - 0.2) ** 2 * 2 + y * y < 0.03;
        data[n] = (inLung ? -850 : inBody ? 40 : -1000) + noise[(n * 7 + k) % noise.length]!;
      }
    }
  }
  return createVolume(data, createGeometry({ size, spacing: [0.7, 0.7, 1] }));
}
