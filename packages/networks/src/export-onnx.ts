import { ahnetForward } from './ahnet-forward.js';
import type { Shape5 } from './ahnet-layers.js';
import type { AHNet } from './ahnet.js';
import { OnnxGraph } from './onnx-graph.js';
import { OnnxLayers } from './onnx-layers.js';

/** Names of the model's input and output. */
const INPUT = 'image';
const OUTPUT = 'logits';
/** Sizes with which the graph is drawn: multiples of what any AH-Net needs; the file's are open. */
const DRAWN: readonly [number, number, number] = [32, 256, 256];

/**
 * Writes a network as an ONNX model for inference, of any batch and of any size that fits the network.
 *
 * Its input `image` and its output `logits` have MONAI's layout, [N, C, X, Y, Z], or [N, C, X, Y] for the 2-D network: the
 * axes of our [N, D, H, W, C] in the order 0, 4, 3, 2, 1. Batch normalisation is by running statistics, and left to the
 * runtime to fold. Operators are those of ONNX 17.
 *
 * @param network whose weights are copied
 * @returns the file's bytes
 * @see https://onnx.ai/onnx/operators/
 * @example
 * await writeFile('ahnet.onnx', exportOnnx(network));
 */
export function exportOnnx(network: AHNet): Uint8Array {
  const { options } = network;
  const isFlat = options.spatialDims === 2;
  const graph = new OnnxGraph();
  const layers = new OnnxLayers(graph, network.stateDict(), isFlat);
  const [d, h, w] = DRAWN;
  const shape: Shape5 = [1, d, isFlat ? 1 : h, w, options.inChannels];
  const logits = ahnetForward(layers, options, { name: INPUT, shape });
  const axes = isFlat ? ['X', 'Y'] : ['X', 'Y', 'Z'];
  return graph.encode(
    network.name,
    { name: INPUT, sizes: ['N', options.inChannels, ...axes] },
    { value: logits.name, name: OUTPUT, sizes: ['N', options.outChannels, ...axes] },
  );
}
