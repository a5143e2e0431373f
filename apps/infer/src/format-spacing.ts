import type { Vec3 } from '@lungseg/core';

/** The size of voxels for a person, with three decimals, and three digits where that says more. */
export function formatSpacing(spacing: Vec3, times = 'x'): string {
  return `${spacing.map(formatLength).join(` ${times} `)} mm`;
}

const formatLength = (mm: number): string => String(Number(mm < 0.1 ? mm.toPrecision(3) : mm.toFixed(3)));
