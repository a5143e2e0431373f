/**
 * A percentile of values in ascending order, between two ranks linear: the default of NumPy and PyTorch.
 *
 * @param sorted one value or more
 * @param share from 0 to 1
 */
export function percentileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  const high = sorted[Math.ceil(rank)]!;
  // Two infinite values have no difference.
  return low === high ? low : low + (high - low) * (rank % 1);
}
