import { InvalidArgumentError, ShapeError, type NamedArray, type StateDict } from '@lungseg/core';
import type { AHNet } from './ahnet.js';

/**
 * Gives a 3-D AH-Net's encoder the weights of a 2-D ResNet-50, as the paper and MONAI's `copy_from` do: kernels in the plane
 * become kernels of one slice, the first convolution's three colours become three neighbouring slices, and of batch
 * normalisations scale and shift are taken. The decoder and running statistics keep their values.
 *
 * @param network 3-D, with the published width and layers
 * @param state as torchvision's ResNet-50 names its weights, or MONAI's `FCN`, whose first batch normalisation is bn0
 * @returns the names of the network's parameters that changed
 * @throws InvalidArgumentError when the network is 2-D, or the state lacks a weight; nothing is then changed
 * @throws ShapeError when the network has another width; nothing is then changed
 * @see Liu et al., https://arxiv.org/abs/1711.08580, section 3
 * @example
 * transferFrom2d(network, parseSafetensors(await readFile('resnet50.safetensors')).tensors);
 */
export function transferFrom2d(network: AHNet, state: StateDict): string[] {
  if (network.options.spatialDims !== 3) {
    throw new InvalidArgumentError('2-D weights go into a 3-D network. Received: spatialDims 2.');
  }
  const merged = new Map(network.stateDict());
  const names = [...merged.keys()].filter((name) =>
    /^(conv1|bn0|layer\d\..*(conv\d|bn\d|downsample\.\d))\.(weight|bias)$/.test(name),
  );
  for (const name of names) {
    const { shape } = merged.get(name)!;
    const source = sourceOf(state, name);
    const data = name === 'conv1.weight' ? slicesFromColours(source, shape) : source.data;
    if (data.length !== shape.reduce((a, b) => a * b, 1)) {
      throw new ShapeError(
        `The 2-D network's ${name} must fit [${shape.join(', ')}]. Received: [${source.shape.join(', ')}]. Use a network of width 1.`,
      );
    }
    merged.set(name, { shape, data });
  }
  network.loadStateDict(merged);
  return names;
}

function sourceOf(state: StateDict, name: string): NamedArray & { readonly data: Float32Array } {
  // Between the shortcut's convolution and its normalisation AH-Net has a pooling.
  const inResNet = name.replace('.downsample.2.', '.downsample.1.');
  const found = state.get(inResNet) ?? state.get(inResNet.replace(/^bn0\./, 'bn1.'));
  if (found === undefined || found.data instanceof BigInt64Array) {
    throw new InvalidArgumentError(
      `The 2-D weights must have ${inResNet}. Use those of a ResNet-50, or of MONAI's FCN.`,
    );
  }
  return { shape: found.shape, data: found.data };
}

/** From [O, 3, kX, kY] to [O, I, kX, kY, 3], the same for each input channel. */
function slicesFromColours(
  { shape, data }: NamedArray & { readonly data: Float32Array },
  [outputs, inputs, kx, ky, slices]: readonly number[],
): Float32Array {
  const expected = [outputs!, slices!, kx!, ky!];
  if (shape.join() !== expected.join()) {
    throw new ShapeError(
      `The 2-D network's conv1.weight must be [${expected.join(', ')}]. Received: [${shape.join(', ')}]. Use a network of width 1.`,
    );
  }
  const plane = kx! * ky!;
  const result = new Float32Array(outputs! * inputs! * plane * slices!);
  for (let n = 0; n < result.length; n++) {
    const slice = n % slices!;
    const place = Math.floor(n / slices!);
    const output = Math.floor(place / plane / inputs!);
    result[n] = data[(output * slices! + slice) * plane + (place % plane)]!;
  }
  return result;
}
