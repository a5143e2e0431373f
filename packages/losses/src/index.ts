export { diceCrossEntropyLoss } from './dice-cross-entropy-loss.js';
export { diceLoss, type DiceLossOptions } from './dice-loss.js';
