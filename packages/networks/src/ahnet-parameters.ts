import { ahnetChannels, type ResolvedAHNetOptions } from './ahnet-options.js';
import type { ParameterLayout, ParameterSpec } from './parameters.js';

/** Dense layers per block, and how many times their growth the bottleneck has. */
const DENSE_LAYERS = 3;
const DENSE_BOTTLENECK = 4;

type Kernel = readonly [x: number, y: number, z: number];

/**
 * Every parameter and buffer of AH-Net, under the names and in the order of MONAI's state_dict.
 *
 * @see Liu et al., https://arxiv.org/abs/1711.08580, and MONAI's monai/networks/nets/ahnet.py
 */
export function ahnetParameterSpecs(options: ResolvedAHNetOptions): ParameterSpec[] {
  const { layers, inChannels, outChannels, pspBlockNum, upsampleMode, spatialDims, width } = options;
  const { initial, planes, growth } = ahnetChannels(width);
  const list = new SpecList(spatialDims === 2, upsampleMode === 'transpose');

  list.convolution('conv1', inChannels, initial, [7, 7, 3], 'stem');
  list.batchNorm('bn0', initial);
  let channels = initial;
  layers.forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block++) {
      list.bottleneck(`layer${stage + 1}.${block}`, channels, planes[stage]!, block === 0);
      channels = planes[stage]! * 4;
    }
  });

  const features = planes.map((p) => p * 4) as [number, number, number, number];
  const dense = DENSE_LAYERS * growth;
  const [stage1, stage2, stage3, stage4] = features;
  list.upTransition('up0', stage4, stage3);
  list.denseBlock('dense0', stage3, growth);
  list.upTransition('up1', stage3 + dense, stage2);
  list.denseBlock('dense1', stage2, growth);
  list.upTransition('up2', stage2 + dense, stage1);
  list.denseBlock('dense2', stage1, growth);
  list.batchNorm('trans1.norm', stage1 + dense);
  list.convolution('trans1.conv', stage1 + dense, initial, [1, 1, 1], 'pointwise');
  list.denseBlock('dense3', initial, growth);
  list.upTransition('up3', initial + dense, initial);
  list.denseBlock('dense4', initial, growth);
  list.pyramid('psp', initial + dense, pspBlockNum);
  list.batchNorm('final.norm', pspBlockNum + initial + dense);
  list.convolution('final.conv', pspBlockNum + initial + dense, outChannels, [3, 3, 1], 'in-plane');
  list.up('final.up', outChannels);
  return list.specs;
}

class SpecList {
  readonly specs: ParameterSpec[] = [];

  /**
   * @param flat whether the network is 2-D: its kernels lack the first in-plane axis of the 3-D ones
   * @param transposed whether up-sampling has weights
   */
  constructor(
    private readonly flat: boolean,
    private readonly transposed: boolean,
  ) {}

  /** A 3-D kernel [x, y, z]; in the 2-D network MONAI keeps [y, z], which stand here as [x, 1, z]. */
  private kernel([x, y, z]: Kernel): Kernel {
    return this.flat ? [y, 1, z] : [x, y, z];
  }

  convolution(name: string, input: number, output: number, kernel: Kernel, layout: ParameterLayout): void {
    const [x, y, z] = this.kernel(kernel);
    // MONAI: normal with variance 2 / (kernel_size[0] * kernel_size[1] * out_channels).
    const fan = (this.flat ? x * z : x * y) * output;
    this.add(`${name}.weight`, [output, input, x, y, z], layout, { normal: Math.sqrt(2 / fan) });
  }

  batchNorm(name: string, channels: number): void {
    this.add(`${name}.weight`, [channels], 'vector', { constant: 1 });
    this.add(`${name}.bias`, [channels], 'vector', { constant: 0 });
    this.add(`${name}.running_mean`, [channels], 'vector', { constant: 0 }, false);
    this.add(`${name}.running_var`, [channels], 'vector', { constant: 1 }, false);
  }

  bottleneck(name: string, input: number, planes: number, first: boolean): void {
    this.convolution(`${name}.conv1`, input, planes, [1, 1, 1], 'pointwise');
    this.batchNorm(`${name}.bn1`, planes);
    this.convolution(`${name}.conv2`, planes, planes, [3, 3, 1], 'in-plane');
    this.batchNorm(`${name}.bn2`, planes);
    this.convolution(`${name}.conv3`, planes, planes * 4, [1, 1, 1], 'pointwise');
    this.batchNorm(`${name}.bn3`, planes * 4);
    if (!first) return;
    this.convolution(`${name}.downsample.0`, input, planes * 4, [1, 1, 1], 'pointwise');
    this.batchNorm(`${name}.downsample.2`, planes * 4);
  }

  upTransition(name: string, input: number, output: number): void {
    this.batchNorm(`${name}.norm`, input);
    this.convolution(`${name}.conv`, input, output, [1, 1, 1], 'pointwise');
    this.up(`${name}.up`, output);
  }

  up(name: string, channels: number): void {
    if (!this.transposed) return;
    const [x, y, z] = this.kernel([2, 2, 2]);
    this.add(`${name}.weight`, [channels, channels, x, y, z], 'transposed', {
      normal: Math.sqrt(2 / (4 * channels)),
    });
  }

  denseBlock(name: string, input: number, growth: number): void {
    for (let layer = 0; layer < DENSE_LAYERS; layer++) {
      const base = `${name}.denselayer${layer + 1}`;
      const channels = input + layer * growth;
      const inner = DENSE_BOTTLENECK * growth;
      this.batchNorm(`${base}.bn1`, channels);
      this.convolution(`${base}.conv1`, channels, inner, [1, 1, 1], 'pointwise');
      this.batchNorm(`${base}.bn2`, inner);
      this.convolution(`${base}.conv2`, inner, growth, [3, 3, 1], 'in-plane');
      this.batchNorm(`${base}.bn3`, growth);
      this.convolution(`${base}.conv3`, growth, growth, [1, 1, 3], 'depth');
      this.batchNorm(`${base}.bn4`, growth);
      this.convolution(`${base}.conv4`, growth, growth, [1, 1, 1], 'pointwise');
    }
  }

  pyramid(name: string, input: number, blocks: number): void {
    if (this.transposed) {
      for (let i = 0; i < blocks; i++) {
        const [x, y, z] = this.kernel([2 ** (i + 3), 2 ** (i + 3), 1]);
        const fan = this.flat ? x * z : x * y;
        this.add(`${name}.up_modules.${i}.weight`, [1, 1, x, y, z], 'transposed', {
          normal: Math.sqrt(2 / fan),
        });
        this.add(`${name}.up_modules.${i}.bias`, [1], 'vector', { uniform: 1 / Math.sqrt(fan) });
      }
    }
    for (let i = 0; i < blocks; i++) {
      this.convolution(`${name}.project_modules.${i}`, input, 1, [1, 1, 1], 'pointwise');
      this.add(`${name}.project_modules.${i}.bias`, [1], 'vector', { uniform: 1 / Math.sqrt(input) });
    }
  }

  private add(
    name: string,
    shape: readonly number[],
    layout: ParameterLayout,
    initializer: ParameterSpec['initializer'],
    trainable = true,
  ): void {
    this.specs.push({ name, shape, layout, trainable, initializer });
  }
}
