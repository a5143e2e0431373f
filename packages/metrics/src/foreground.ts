/** Whether a voxel belongs to the label that is looked at: to any but 0 where none is named. */
export function isForeground(value: number, label: number | undefined): boolean {
  return label === undefined ? value !== 0 : value === label;
}
