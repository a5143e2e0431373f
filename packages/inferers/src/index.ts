export { fitWindow, type FitWindowOptions } from './fit-window.js';
export { BLEND_MODES, importanceMap, type BlendMode } from './importance-map.js';
export { FLIP_AXES, withFlips, type FlipAxis } from './flips.js';
export { slidingWindowBytes, type SlidingWindowMemory } from './memory.js';
export {
  slidingWindow,
  slidingWindowProbability,
  type Field,
  type Predictor,
  type SlidingWindowOptions,
  type SlidingWindowProbabilityOptions,
} from './sliding-window.js';
export { classProbability } from './softmax.js';
export { voxelsBeyondEdges } from './voxels-beyond-edges.js';
export { windowOrigins } from './windows.js';
