import type { Vec3 } from '@lungseg/core';
import type { PhantomParams } from './phantom-params.js';
import { ball, type Paint, type Shape } from './shapes.js';
import { tissues } from './tissue.js';

/** The lesions of a lung, their centres picked among its points. */
export function lesionShapes(params: PhantomParams, points: readonly Vec3[]): Shape[] {
  if (points.length === 0) return [];
  return params.pathology.lesions.flatMap((lesion): Shape[] => {
    const centre = points[Math.floor(lesion.pick * points.length)]!;
    const { kind, radii, hu, raggedness } = lesion;
    const over = tissues('lung');
    const solid = kind === 'nodule' || kind === 'cavity';
    const paint: Paint = {
      hu,
      over,
      ragged: raggedness * (solid ? 0.3 : 0.9),
      edge: solid ? 1.2 : kind === 'emphysema' ? 3 : 8 + 10 * raggedness,
      keep: kind === 'ground-glass' ? 0.35 : 0,
    };
    const shapes: Shape[] = [ball(centre, radii, paint)];
    if (kind === 'cavity') {
      shapes.push(
        ball(centre, [radii[0] * 0.55, radii[1] * 0.55, radii[2] * 0.55], {
          hu: -980,
          over,
          edge: 1.2,
          ragged: 0.2,
        }),
      );
    }
    return shapes;
  });
}
