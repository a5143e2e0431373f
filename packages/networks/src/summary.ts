import { ahnetForward } from './ahnet-forward.js';
import type { Shape5 } from './ahnet-layers.js';
import { resolveAHNetOptions, type AHNetOptions } from './ahnet-options.js';
import { ahnetParameterSpecs } from './ahnet-parameters.js';
import { ShapeLayers, type LayerCount } from './shape-layers.js';

/** What {@link summarizeAHNet} counts. */
export interface NetworkSummary {
  /** Every layer with weights, in the order of a pass. */
  readonly layers: readonly LayerCount[];
  /** Trainable parameters. */
  readonly parameters: number;
  /** Multiplications with additions of one pass; twice as many floating-point operations. */
  readonly multiplyAdds: number;
  /** Sizes of the input. */
  readonly inputShape: readonly number[];
  /** The most values of feature maps that inference keeps at a time: an upper bound. */
  readonly peakValues: number;
}

/**
 * Counts parameters and multiplications of an AH-Net without making it.
 *
 * @param options what the network is like
 * @param inputShape [N, D, H, W, C], or [N, H, W, C] for the 2-D network
 * @throws InvalidArgumentError for options that AH-Net doesn't have
 * @example
 * summarizeAHNet({ pspBlockNum: 0, upsampleMode: 'trilinear', outChannels: 2 }, [1, 32, 224, 224, 1]).parameters; // 27086072
 */
export function summarizeAHNet(options: AHNetOptions, inputShape: readonly number[]): NetworkSummary {
  const resolved = resolveAHNetOptions(options);
  const counter = new ShapeLayers(ahnetParameterSpecs(resolved));
  const [n, d, h, w, c] = inputShape as unknown as Shape5;
  const shape: Shape5 = inputShape.length === 5 ? [n, d, h, w, c] : [n, d, 1, h, w];
  ahnetForward(counter, resolved, { shape });
  const { layers, peakValues } = counter;
  return {
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    inputShape,
    peakValues,
  };
}

const FLOAT_BYTES = 4;
const RULE = '='.repeat(110);

/**
 * A summary as a table for a terminal.
 *
 * @see torchinfo, https://github.com/TylerYep/torchinfo, whose columns and totals these are
 */
export function formatNetworkSummary(summary: NetworkSummary): string {
  const { layers, parameters, multiplyAdds, inputShape, peakValues } = summary;
  const megabytes = (values: number): string => ((values * FLOAT_BYTES) / 1e6).toFixed(2);
  const count = (n: number): string => n.toLocaleString('en-US');
  const row = (a: string, b: string, c: string, d: string): string =>
    `${a.padEnd(42)}${b.padEnd(28)}${c.padStart(16)}${d.padStart(22)}`.trimEnd();
  const input = inputShape.reduce((a, b) => a * b, 1);
  const outputs = layers.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return [
    RULE,
    row('Layer (type)', 'Output Shape [N, D, H, W, C]', 'Param #', 'Mult-Adds'),
    RULE,
    ...layers.map(({ name, type, shape, parameters: own, multiplyAdds: work }) =>
      row(`${name} (${type})`, `[${shape.join(', ')}]`, count(own), count(work)),
    ),
    RULE,
    `Total params: ${count(parameters)}`,
    `Total mult-adds (G): ${(multiplyAdds / 1e9).toFixed(2)}`,
    RULE,
    `Input size (MB): ${megabytes(input)}`,
    `Outputs of all layers (MB): ${megabytes(outputs)}`,
    `Most at a time in inference (MB): ${megabytes(peakValues)}`,
    `Params size (MB): ${megabytes(parameters)}`,
    RULE,
  ].join('\n');
}
