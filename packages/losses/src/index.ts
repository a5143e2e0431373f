export { diceLoss, type DiceLossOptions } from './dice-loss.js';
