import type { PhantomParams } from './phantom-params.js';
import type { Canvas } from './shapes.js';
import { sliceOutline } from './slice-outline.js';
import { Tissue } from './tissue.js';

/**
 * Where the patient's support begins under a point, in world mm from the phantom's origin towards gravity.
 *
 * @param x in world mm from the phantom's origin
 * @returns Infinity beside the table, and where there is none
 */
export function tableSurface(params: PhantomParams, x: number): number {
  const { table, pose } = params;
  if (table.kind === 'none' || Math.abs(x) > table.halfWidth) return Infinity;
  const o = sliceOutline(params, params.lungs.height * 0.45);
  const lowest = (pose.prone ? -o.bodyFront : o.bodyBack) * pose.scale - 5;
  const rise = table.kind === 'curved' ? table.sag * (x / table.halfWidth) ** 2 : 0;
  return lowest - rise;
}

/** Paints the mattress and the table under it, and a blanket over the patient, into what is still outside air. */
export function paintTable(
  canvas: Canvas,
  params: PhantomParams,
  rowDown: Float32Array,
  surface: Float32Array,
): void {
  const { table } = params;
  if (table.kind === 'none') return;
  const { width, height, hu, tissue } = canvas;
  const { mattress, mattressHu, thickness, shell, shellHu, coreHu } = table;
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (tissue[at] !== Tissue.outside) continue;
      const depth = rowDown[row]! - surface[column]!;
      if (!(depth > 0) || depth > mattress + thickness) continue;
      tissue[at] = Tissue.table;
      const below = depth - mattress;
      hu[at] = below < 0 ? mattressHu : below < shell || below > thickness - shell ? shellHu : coreHu;
    }
  }
}
