import { InvalidArgumentError, type Vec3 } from '@lungseg/core';

/** How AH-Net's decoder enlarges its feature maps. `trilinear` is called `bilinear` by MONAI for the 2-D network; both names are taken. */
export const UPSAMPLE_MODES = ['transpose', 'trilinear', 'bilinear', 'nearest'] as const;

/** One of {@link UPSAMPLE_MODES}. */
export type UpsampleMode = (typeof UPSAMPLE_MODES)[number];

/** The options of AH-Net, as in MONAI, and a width of our own. */
export interface AHNetOptions {
  /** Residual blocks in each of the four stages of the encoder; (3, 4, 6, 3) by default, a ResNet-50. */
  readonly layers?: readonly [number, number, number, number];
  /** 3 (default) or 2. */
  readonly spatialDims?: 2 | 3;
  /** Channels of the input; 1 by default. */
  readonly inChannels?: number;
  /** Channels of the output; 1 by default, as in MONAI. The lung network has 2. */
  readonly outChannels?: number;
  /** Pyramid pooling modules before the output, 0 to 4; 4 by default. */
  readonly pspBlockNum?: number;
  /** `transpose` by default. */
  readonly upsampleMode?: UpsampleMode;
  /** Multiplies every inner number of channels; 1 by default, which is the published network. */
  readonly width?: number;
}

/** {@link AHNetOptions} with every default filled in. */
export type ResolvedAHNetOptions = Required<AHNetOptions>;

/**
 * Fills in defaults and checks the options.
 *
 * @throws InvalidArgumentError when one is outside what AH-Net has; the text names it
 */
export function resolveAHNetOptions(options: AHNetOptions = {}): ResolvedAHNetOptions {
  const resolved: ResolvedAHNetOptions = {
    layers: [3, 4, 6, 3],
    spatialDims: 3,
    inChannels: 1,
    outChannels: 1,
    pspBlockNum: 4,
    upsampleMode: 'transpose',
    width: 1,
    ...options,
  };
  const { layers, spatialDims, inChannels, outChannels, pspBlockNum, upsampleMode, width } = resolved;
  const positive = (n: number): boolean => Number.isInteger(n) && n > 0;
  const check = (holds: boolean, expected: string, received: unknown): void => {
    if (!holds) throw new InvalidArgumentError(`${expected}. Received: ${String(received)}.`);
  };
  check(layers.length === 4 && layers.every(positive), 'layers must be four positive integers', layers);
  check([2, 3].includes(spatialDims), 'spatialDims must be 2 or 3', spatialDims);
  check(positive(inChannels), 'inChannels must be a positive integer', inChannels);
  check(positive(outChannels), 'outChannels must be a positive integer', outChannels);
  check([0, 1, 2, 3, 4].includes(pspBlockNum), 'pspBlockNum must be an integer from 0 to 4', pspBlockNum);
  check(
    UPSAMPLE_MODES.includes(upsampleMode),
    `upsampleMode must be one of ${UPSAMPLE_MODES.join(', ')}`,
    upsampleMode,
  );
  check(Number.isFinite(width) && width > 0, 'width must be a positive number', width);
  return resolved;
}

/**
 * What the sizes x, y, z of an input of this network must be multiples of; for the 2-D network the middle one is 1.
 *
 * @see the class comment of MONAI's AHNet
 */
export function ahnetSizeMultiple({ pspBlockNum, upsampleMode, spatialDims }: ResolvedAHNetOptions): Vec3 {
  const plane = upsampleMode === 'transpose' ? Math.max(32, 2 ** (pspBlockNum + 3)) : 32;
  return [plane, spatialDims === 2 ? 1 : plane, 32];
}

/** The numbers of channels inside AH-Net, scaled by its width. */
export interface AHNetChannels {
  /** Of the stem and of the decoder's last two stages: 64. */
  readonly initial: number;
  /** Of the bottlenecks of the four encoder stages: 64, 128, 256, 512; a stage gives four times as many. */
  readonly planes: readonly [number, number, number, number];
  /** What each dense layer adds: 20. */
  readonly growth: number;
}

/** The channels of AH-Net of this width, each rounded up to a multiple of 4, which vector units want. */
export function ahnetChannels(width: number): AHNetChannels {
  const scale = (n: number): number => 4 * Math.ceil((n * width) / 4);
  return { initial: scale(64), planes: [scale(64), scale(128), scale(256), scale(512)], growth: scale(20) };
}
