import type { BenchCase } from '../bench-case.js';
import { INPUT_SIZE, writeAHNetRequest } from './ahnet-weights.js';

/** Inference of one window by the full network, beside MONAI on PyTorch and onnxruntime on lungseg's export. */
export const forward: BenchCase = {
  name: 'forward',
  title: 'Forward pass',
  about:
    'One window through the full AH-Net (27.1 M parameters, trilinear up-sampling, two channels out), with the same weights ' +
    'for all and as many threads as each takes by itself: one a core.',
  contenders: [
    'forward-lungseg.js',
    'forward-lungseg.js bfloat16',
    'forward-onnxruntime.js',
    'forward.py',
    'forward.py channels_last_3d',
  ],
  prepare: async (folder) => [
    { what: `${[...INPUT_SIZE].reverse().join(' x ')}, batch 1`, request: await writeAHNetRequest(folder) },
  ],
};
