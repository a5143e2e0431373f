/** What a voxel of a phantom is made of, coarsely: shapes are painted over some tissues and not over others. */
export const Tissue = {
  outside: 0,
  wall: 1,
  lung: 2,
  mediastinum: 3,
  abdomen: 4,
  fluid: 5,
  freeAir: 6,
  hollow: 7,
  table: 8,
} as const;

/** The bits of some tissues, as shapes name what they may cover. */
export function tissues(...names: readonly (keyof typeof Tissue)[]): number {
  return names.reduce((bits, name) => bits | (1 << Tissue[name]), 0);
}
