import type { AHNetLayers } from './ahnet-layers.js';
import type { ResolvedAHNetOptions } from './ahnet-options.js';
import type { Interpolation } from './layers.js';

/**
 * AH-Net from its input to its logits, over any kind of feature map.
 *
 * @param layers what computes
 * @param options what the network is like
 * @param input [N, D, H, W, C]; the 2-D network is the 3-D one on volumes of one row, with depth in the place of y
 * @returns logits
 * @see Liu et al., https://arxiv.org/abs/1711.08580, and MONAI's AHNet.forward
 */
export function ahnetForward<T>(layers: AHNetLayers<T>, options: ResolvedAHNetOptions, input: T): T {
  return new Forward(layers, options).run(input);
}

class Forward<T> {
  readonly #flat: boolean;
  readonly #interpolation: Interpolation | undefined;

  constructor(
    private readonly layers: AHNetLayers<T>,
    private readonly options: ResolvedAHNetOptions,
  ) {
    this.#flat = options.spatialDims === 2;
    const { upsampleMode } = options;
    if (upsampleMode !== 'transpose') {
      this.#interpolation = upsampleMode === 'nearest' ? 'nearest' : 'linear';
    }
  }

  run(input: T): T {
    const { layers: l } = this;
    const plane: [number, number] = this.#flat ? [1, 2] : [2, 2];
    const convX = l.block(['conv1', 'bn0'], [input], (image) => {
      const x = l.convolution('conv1', 'stem', image, { strides: plane });
      return l.norm('bn0', l.maxPoolDepth(x, 2), true);
    });
    const poolX = l.block([], [convX], (x) =>
      this.#interpolation === 'linear'
        ? l.maxPoolOverlapping(x, this.#flat)
        : l.maxPoolDepth(l.maxPoolPlane(x, plane), 2),
    );
    const features = this.#encode(poolX);
    let x = this.#decode('up0', 'dense0', features[3], features[2]);
    x = this.#decode('up1', 'dense1', x, features[1]);
    x = this.#decode('up2', 'dense2', x, features[0]);
    const transition = l.block(['trans1'], [x, poolX], (features, skip) =>
      l.convolution('trans1.conv', 'pointwise', l.norm('trans1.norm', features, true), { add: skip }),
    );
    l.release(x);
    l.release(poolX);
    x = this.#decode('up3', 'dense4', this.#denseBlock('dense3', transition), convX);
    const logits = l.block(['psp', 'final'], [x], (features) => this.#head(features));
    l.release(x);
    return logits;
  }

  #encode(poolX: T): [T, T, T, T] {
    let x = poolX;
    return this.options.layers.map((blocks, stage) => {
      for (let block = 0; block < blocks; block++) {
        const previous = x;
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const name = `layer${stage + 1}.${block}`;
        x = this.layers.block([name], [previous], (input) =>
          this.#bottleneck(name, input, stride, block === 0),
        );
        // The first block's input is a feature map that the decoder still needs.
        if (block > 0) this.layers.release(previous);
      }
      return x;
    }) as [T, T, T, T];
  }

  #bottleneck(name: string, x: T, stride: number, first: boolean): T {
    const { layers: l } = this;
    const flat = this.#flat;
    const strided = flat && stride > 1 ? (t: T): T => l.subsample(t, [stride, 1, 1]) : (t: T): T => t;
    const strides: [number, number] = flat ? [1, stride] : [stride, stride];
    const pools = stride > 1 && !flat;
    let out = l.convolution(`${name}.conv1`, 'pointwise', x, { norm: `${name}.bn1`, relu: true });
    out = l.convolution(`${name}.conv2`, 'in-plane', strided(out), {
      strides,
      norm: `${name}.bn2`,
      relu: true,
    });
    const last = { norm: `${name}.bn3` };
    const downsample = `${name}.downsample`;
    if (pools) {
      const sampled = l.subsample(x, [1, stride, stride]);
      const pooled = l.maxPoolDepth(l.convolution(`${downsample}.0`, 'pointwise', sampled), stride);
      out = l.maxPoolDepth(l.convolution(`${name}.conv3`, 'pointwise', out, last), stride);
      return l.relu(l.add(out, l.norm(`${downsample}.2`, pooled, false)));
    }
    let residual = x;
    if (first) {
      const sampled = stride > 1 ? l.subsample(strided(x), [1, ...strides]) : x;
      residual = l.convolution(`${downsample}.0`, 'pointwise', sampled, { norm: `${downsample}.2` });
    }
    return l.convolution(`${name}.conv3`, 'pointwise', out, { ...last, add: residual, relu: true });
  }

  /** One step of the decoder: up transition, skip connection, dense block. Frees both inputs. */
  #decode(up: string, dense: string, x: T, skip: T): T {
    const { layers: l } = this;
    const y = l.block([up], [x, skip], (features, skipped) => {
      const projected = l.convolution(`${up}.conv`, 'pointwise', l.norm(`${up}.norm`, features, true));
      return l.add(this.#up(`${up}.up`, projected), skipped);
    });
    l.release(x);
    l.release(skip);
    return this.#denseBlock(dense, y);
  }

  #up(name: string, x: T): T {
    const kernel: [number, number, number] = this.#flat ? [2, 1, 2] : [2, 2, 2];
    if (this.#interpolation === undefined) return this.layers.upConvolution(name, x, kernel);
    const [, d, h, w] = this.layers.shapeOf(x);
    return this.layers.resize(x, [d * kernel[0], h * kernel[1], w * kernel[2]], this.#interpolation);
  }

  /** Frees its input. */
  #denseBlock(name: string, x: T): T {
    const { layers: l } = this;
    let features = x;
    for (let layer = 1; layer <= 3; layer++) {
      const before = features;
      const parameters = `${name}.denselayer${layer}`;
      features = l.block([parameters], [before], (input) =>
        l.concat([input, this.#pseudo3d(parameters, input)]),
      );
      l.release(before);
    }
    return features;
  }

  /** A pseudo-3-D layer: 1x1x1, 3x3x1, then 1x1x3 added to what it was given, then 1x1x1. */
  #pseudo3d(name: string, x: T): T {
    const { layers: l } = this;
    const bottleneck = l.convolution(`${name}.conv1`, 'pointwise', l.norm(`${name}.bn1`, x, true), {
      norm: `${name}.bn2`,
      relu: true,
    });
    const plane = l.convolution(`${name}.conv2`, 'in-plane', bottleneck);
    const both = l.convolution(`${name}.conv3`, 'depth', l.norm(`${name}.bn3`, plane, true), { add: plane });
    return l.convolution(`${name}.conv4`, 'pointwise', l.norm(`${name}.bn4`, both, true));
  }

  #head(x: T): T {
    const { layers: l } = this;
    const { pspBlockNum } = this.options;
    const modules = Array.from({ length: pspBlockNum }, (_, i) => this.#pyramidModule(i, x));
    const joined = pspBlockNum > 0 ? l.concat([...modules, x]) : x;
    const logits = l.convolution('final.conv', 'in-plane', l.norm('final.norm', joined, true));
    return this.#up('final.up', logits);
  }

  /**
   * A module of the pyramid pooling in the plane: it pools over 8, 16, 32 or 64 voxels, projects to one channel and
   * enlarges it again. MONAI's projection is padded by one voxel on each side. Its transposed convolution cuts that ring
   * off again, so it is left out here; interpolation does see the ring, whose value is the projection's bias.
   */
  #pyramidModule(index: number, x: T): T {
    const { layers: l } = this;
    const flat = this.#flat;
    const size = 2 ** (index + 3);
    const window: [number, number] = [flat ? 1 : size, size];
    const project = `psp.project_modules.${index}`;
    const projected = l.convolution(project, 'pointwise', l.maxPoolPlane(x, window));
    if (this.#interpolation === undefined) {
      const up = `psp.up_modules.${index}`;
      return l.bias(up, l.upConvolution(up, l.bias(project, projected), [1, ...window]));
    }
    const [, d, h, w] = l.shapeOf(x);
    const padded = l.padPlane(projected, [flat ? 0 : 1, 1]);
    return l.resize(l.bias(project, padded), [d, h, w], this.#interpolation, x);
  }
}
