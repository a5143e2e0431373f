export { diceCrossEntropyLoss, type DiceCrossEntropyLossOptions } from './dice-cross-entropy-loss.js';
export { diceLoss, type DiceLossOptions } from './dice-loss.js';
export { focalLoss, type FocalLossOptions } from './focal-loss.js';
export {
  generalizedDiceLoss,
  type GeneralizedDiceLossOptions,
  type GeneralizedDiceWeight,
} from './generalized-dice-loss.js';
export type { IgnoreOptions } from './align.js';
export type { OverlapOptions } from './overlap.js';
export { tverskyLoss, type TverskyLossOptions } from './tversky-loss.js';
