export { fitWindow, type FitWindowOptions } from './fit-window.js';
export { BLEND_MODES, importanceMap, type BlendMode } from './importance-map.js';
export { slidingWindow, type Field, type Predictor, type SlidingWindowOptions } from './sliding-window.js';
export { classProbability } from './softmax.js';
export { windowOrigins } from './windows.js';
