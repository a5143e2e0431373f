import { ShapeError } from '@lungseg/core';
import { ahnetSizeMultiple, type ResolvedAHNetOptions } from './ahnet-options.js';

/**
 * Checks the sizes of an AH-Net's input.
 *
 * @param options what the network is like, by `resolveAHNetOptions`
 * @param shape [N, D, H, W, C], or [N, H, W, C] for the 2-D network
 * @throws ShapeError when they don't fit; the text says which do
 */
export function checkAHNetInput(options: ResolvedAHNetOptions, shape: readonly number[]): void {
  const { spatialDims, inChannels, pspBlockNum } = options;
  const form = spatialDims === 3 ? '[N, D, H, W, C]' : '[N, H, W, C]';
  if (shape.length !== spatialDims + 2 || shape[spatialDims + 1] !== inChannels) {
    throw new ShapeError(
      `AHNet takes ${form} with ${inChannels} channel(s). Received: [${shape.join(', ')}].`,
    );
  }
  const [mx, my, mz] = ahnetSizeMultiple(options);
  const axes: [string, number, number][] =
    spatialDims === 3
      ? [
          ['depth', 1, mz],
          ['height', 2, my],
          ['width', 3, my],
        ]
      : [
          ['height', 1, mz],
          ['width', 2, mx],
        ];
  const smallest = 2 ** (pspBlockNum + 3);
  for (const [axisName, axis, multiple] of axes) {
    const size = shape[axis]!;
    if (size % multiple !== 0 || size === 0) {
      const fits = Math.max(1, Math.ceil(size / multiple)) * multiple;
      throw new ShapeError(
        `${axisName} must be a multiple of ${multiple}. Received: ${size}. Pad to ${fits}, with padToMultiple(${multiple}).`,
      );
    }
    if (axisName !== 'depth' && pspBlockNum > 0 && spatialDims === 3 && size < smallest) {
      throw new ShapeError(
        `${axisName} must be at least ${smallest} for pspBlockNum ${pspBlockNum}. Received: ${size}.`,
      );
    }
  }
}
