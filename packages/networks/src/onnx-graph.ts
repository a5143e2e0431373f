import { ONNX_ATTRIBUTES, ONNX_TYPES, OnnxModel } from './onnx-messages.js';

/** The version of the operators: the first with `start` and `end` of Shape is 15. */
const OPSET = 17;
/** The version of the file format that came with it. */
const IR_VERSION = 8;

/** Attributes of an operator: an integer, several, a float, or a text. */
export type OnnxAttributes = Readonly<
  Record<
    string,
    | { readonly int: number }
    | { readonly ints: readonly number[] }
    | { readonly float: number }
    | { readonly text: string }
  >
>;

/** Sizes of an input or output: a number, or the name of one that is open. */
export type OnnxSizes = readonly (number | string)[];

/** Writes an ONNX model operator by operator. Values go by their names. */
export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #initializers = new Map<string, object>();

  /**
   * Adds an operator with one output.
   *
   * @param op for instance `Conv`
   * @param inputs names, '' for one that is left out
   * @param attributes those without a default
   * @returns the output's name
   */
  op(op: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    const name = `${op}_${this.#nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...valueOf(value) }));
    this.#nodes.push({ name, op_type: op, input: inputs, output: [name], attribute });
    return name;
  }

  /** Adds weights; twice the same name is one array. */
  weights(name: string, shape: readonly number[], data: Float32Array): string {
    return this.#initializer(name, shape, ONNX_TYPES.float32, data);
  }

  /** Adds a list of integers. */
  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#initializer(`integers_${values.join('_')}`, [values.length], ONNX_TYPES.int64, data);
  }

  /** Adds a list of floats. */
  floats(values: readonly number[]): string {
    const data = Float32Array.from(values);
    return this.#initializer(`floats_${values.join('_')}`, [values.length], ONNX_TYPES.float32, data);
  }

  /**
   * The model as a file.
   *
   * @param name of the graph
   * @param input its name and sizes
   * @param output the name of the value that it gives, under which name it does so, and sizes
   */
  encode(
    name: string,
    input: { readonly name: string; readonly sizes: OnnxSizes },
    output: { readonly value: string; readonly name: string; readonly sizes: OnnxSizes },
  ): Uint8Array {
    const last = { op_type: 'Identity', name: output.name, input: [output.value], output: [output.name] };
    return OnnxModel.encode(
      OnnxModel.create({
        ir_version: IR_VERSION,
        producer_name: 'lungseg',
        opset_import: [{ domain: '', version: OPSET }],
        graph: {
          name,
          node: [...this.#nodes, last],
          initializer: [...this.#initializers.values()],
          input: [infoOf(input.name, input.sizes)],
          output: [infoOf(output.name, output.sizes)],
        },
      }),
    ).finish();
  }

  #initializer(
    name: string,
    dims: readonly number[],
    type: number,
    data: Float32Array | BigInt64Array,
  ): string {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.set(name, { name, dims, data_type: type, raw_data: raw });
    return name;
  }
}

function infoOf(name: string, sizes: OnnxSizes): object {
  const dim = sizes.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: ONNX_TYPES.float32, shape: { dim } } } };
}

function valueOf(value: OnnxAttributes[string]): object {
  if ('int' in value) return { i: value.int, type: ONNX_ATTRIBUTES.int };
  if ('ints' in value) return { ints: value.ints, type: ONNX_ATTRIBUTES.ints };
  if ('float' in value) return { f: value.float, type: ONNX_ATTRIBUTES.float };
  return { s: new TextEncoder().encode(value.text), type: ONNX_ATTRIBUTES.string };
}
