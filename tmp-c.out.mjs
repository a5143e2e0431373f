// tmp-c.ts
import * as tf4 from "@tensorflow/tfjs-core";

// packages/backend/src/native.ts
import * as tf from "@tensorflow/tfjs-core";
var NATIVE_BACKEND = "tensorflow";

// packages/backend/src/native-graph.ts
import * as tf2 from "@tensorflow/tfjs-core";

// packages/core/src/errors.ts
var LungsegError = class extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
};
var InvalidArgumentError = class extends LungsegError {
  kind = "invalid-argument";
};
var UnsupportedError = class extends LungsegError {
  kind = "unsupported";
};

// packages/backend/src/tensorflow-messages.ts
import protobuf from "protobufjs";
var DATA_TYPES = { float32: 1, int32: 3, bfloat16: 14, float16: 19 };
var SOURCE = `
syntax = "proto3";
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; }
message MetaInfoDef { repeated string tags = 4; }
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
message AttrValue {
  message ListValue { repeated bytes s = 2; repeated int64 i = 3 [packed = true]; }
  oneof value {
    ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5;
    int32 type = 6; TensorShapeProto shape = 7; TensorProto tensor = 8;
  }
}
message TensorShapeProto { message Dim { int64 size = 1; } repeated Dim dim = 2; }
message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
`;
var SavedModel = protobuf.parse(SOURCE, { keepCase: true }).root.lookupType("SavedModel");

// packages/backend/src/native-graph.ts
var PRODUCER = 1087;
var TAG = "serve";
var NativeGraph = class {
  /** @param inputShape static shape of the graph's one input, which is float32 */
  constructor(inputShape) {
    this.inputShape = inputShape;
    this.#input = this.op("Placeholder", [], { dtype: { type: "float32" } }, inputShape);
  }
  inputShape;
  #nodes = [];
  #input;
  get input() {
    return this.#input;
  }
  /** A constant of float32 or int32. */
  constant(values, shape) {
    const type = values instanceof Int32Array ? "int32" : "float32";
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#add("Const", [], shape, type, {
      dtype: { type: DATA_TYPES[type] },
      value: {
        tensor: { dtype: DATA_TYPES[type], tensor_shape: shapeOf(shape), tensor_content: content }
      }
    });
  }
  /**
   * Adds an op with one output.
   *
   * @param op for instance `Conv2D`
   * @param inputs in its order
   * @param attributes those without a default
   * @param shape of the output
   * @param type of the output; the first input's by default
   */
  op(op, inputs, attributes, shape, type = inputs[0]?.type ?? "float32") {
    const attr = Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, attributeOf(attribute)])
    );
    if (op === "Placeholder") attr["shape"] = { shape: shapeOf(shape) };
    return this.#add(
      op,
      inputs.map(({ name }) => name),
      shape,
      type,
      attr
    );
  }
  /**
   * Hands the graph to TensorFlow.
   *
   * @param output a float32 tensor
   * @throws InvalidArgumentError for an output of another type
   */
  async compile(output) {
    if (output.type !== "float32") {
      throw new InvalidArgumentError(`A graph's output must be float32. Received: ${output.type}.`);
    }
    const backend4 = tf2.backend();
    const id = await this.#load(backend4);
    const infos = [{ name: `${this.#input.name}:0`, dtype: "float32" }];
    return {
      run: (input) => backend4.runSavedModel(id, [input], infos, [`${output.name}:0`])[0],
      dispose: () => backend4.deleteSavedModel(id)
    };
  }
  #add(op, input, shape, type, attr) {
    const name = `n${this.#nodes.length}`;
    this.#nodes.push({ name, op, input, attr });
    return { name, shape, type };
  }
  /** TensorFlow's C API takes a graph from a file only. */
  async #load(backend4) {
    const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = await mkdtemp(join(tmpdir(), "lungseg-graph-"));
    try {
      await writeFile(join(folder, "saved_model.pb"), this.#encode());
      return backend4.loadSavedModelMetaGraph(folder, TAG);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  #encode() {
    const graph = { node: this.#nodes, versions: { producer: PRODUCER } };
    return SavedModel.encode(
      SavedModel.create({
        saved_model_schema_version: 1,
        meta_graphs: [{ meta_info_def: { tags: [TAG] }, graph_def: graph }]
      })
    ).finish();
  }
};
var shapeOf = (shape) => ({ dim: shape.map((size) => ({ size })) });
function attributeOf(attribute) {
  if ("type" in attribute) return { type: DATA_TYPES[attribute.type] };
  if ("bool" in attribute) return { b: attribute.bool };
  if ("float" in attribute) return { f: attribute.float };
  if ("text" in attribute) return { s: new TextEncoder().encode(attribute.text) };
  if ("integer" in attribute) return { i: attribute.integer };
  return { list: { i: attribute.integers } };
}

// packages/backend/src/select-backend.ts
import * as tf3 from "@tensorflow/tfjs-core";
var BACKEND_CHOICES = ["auto", "native", "wasm", "cpu"];
async function selectBackend(choice = "auto") {
  if (!BACKEND_CHOICES.includes(choice)) {
    throw new InvalidArgumentError(
      `backend must be one of ${BACKEND_CHOICES.join(", ")}. Received: ${choice}.`
    );
  }
  const order = choice === "auto" ? ["native", "wasm", "cpu"] : [choice];
  const passedOver = [];
  for (const name of order) {
    try {
      return { name, passedOver, ...await LOADERS[name]() };
    } catch (error) {
      const reason = firstLine(error);
      if (choice !== "auto") {
        const advice = name === "native" ? " Run `npx nx run native:provision`, or use --backend=auto." : "";
        throw new UnsupportedError(`The ${name} backend can't be loaded: ${reason}${advice}`, {
          cause: error
        });
      }
      passedOver.push(`${name}: ${reason}`);
    }
  }
  throw new UnsupportedError(`No tfjs backend can be loaded. ${passedOver.join(" ")}`);
}
var LOADERS = {
  native: async () => {
    await allowNewerNode();
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
    await import("@tensorflow/tfjs-node-gpu");
    await activate(NATIVE_BACKEND);
    const backend4 = tf3.backend();
    const device = backend4.isUsingGpuDevice ? "gpu" : "cpu";
    const version = backend4.binding.TF_Version ?? "unknown version";
    return { device, description: `native (TensorFlow ${version}) on ${device.toUpperCase()}` };
  },
  wasm: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    await activate("wasm");
    return { device: "cpu", description: "wasm (tfjs) on CPU" };
  },
  cpu: async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    await activate("cpu");
    return { device: "cpu", description: "cpu (plain JavaScript, slow)" };
  }
};
async function activate(name) {
  if (!await tf3.setBackend(name)) throw new UnsupportedError(`tfjs could not start its backend '${name}'.`);
  await tf3.ready();
}
async function allowNewerNode() {
  const util = (await import("node:util")).default;
  util.isNullOrUndefined ??= (value) => value === null || value === void 0;
}
function firstLine(error) {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";
}

// tmp-c.ts
await selectBackend("native");
var S = [16, 112, 112, 64];
async function bench(label, inShape, step) {
  const out = [];
  for (const type of ["float32", "bfloat16"]) {
    const run = {};
    for (const k of [1, 4]) {
      const G = new NativeGraph(inShape);
      const cast = (n, t2 = type) => n.type === t2 ? n : G.op("Cast", [n], { SrcT: { type: n.type }, DstT: { type: t2 } }, n.shape, t2);
      const c = (v, s) => v instanceof Int32Array ? G.constant(v, s) : cast(G.constant(v, s));
      let y = cast(G.input);
      for (let i = 0; i < k; i++) y = step(G, y, type, c);
      const sl = G.op("Slice", [y, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(1, 1, 1, 1), [4])], { T: { type }, Index: { type: "int32" } }, [1, 1, 1, 1]);
      run[k] = await G.compile(cast(sl, "float32"));
    }
    const x = tf4.randomNormal(inShape);
    const t = (g) => {
      let best = 1e9;
      for (let r = 0; r < 7; r++) {
        const c = process.cpuUsage();
        const y = g.run(x);
        y.dataSync();
        y.dispose();
        const u = process.cpuUsage(c);
        best = Math.min(best, (u.user + u.system) / 1e3);
      }
      return best;
    };
    out.push(((t(run[4]) - t(run[1])) / 3).toFixed(1));
    run[1].dispose();
    run[4].dispose();
    x.dispose();
  }
  console.log(label.padEnd(40), out.join("  "));
}
var rnd = (s) => Float32Array.from({ length: s.reduce((a, b) => a * b, 1) }, () => Math.random() * 0.1 + 0.5);
var NH = { data_format: { text: "NHWC" } };
var conv = (kh, kw, cin, cout, fuse = true) => (G, y, type, c) => {
  let z = y;
  const sh = [...y.shape.slice(0, 3), cout];
  z = G.op("Conv2D", [z, c(rnd([kh, kw, y.shape[3], cout]), [kh, kw, y.shape[3], cout])], { T: { type }, ...NH, strides: { integers: [1, 1, 1, 1] }, padding: { text: "SAME" } }, sh);
  if (fuse) {
    z = G.op("BiasAdd", [z, c(rnd([cout]), [cout])], { T: { type }, ...NH }, sh);
    z = G.op("Relu", [z], { T: { type } }, sh);
  }
  return z;
};
var which = process.argv.slice(2);
var tests = {
  "stem 3>64 (k chained 64>3)": [[32, 224, 224, 3], (G, y, type, c) => {
    let z = G.op("Conv2D", [y, c(rnd([7, 7, 3, 64]), [7, 7, 3, 64])], { T: { type }, ...NH, strides: { integers: [1, 2, 2, 1] }, padding: { text: "EXPLICIT" }, explicit_paddings: { integers: [0, 0, 3, 2, 3, 2, 0, 0] } }, [32, 112, 112, 64]);
    return G.op("Reshape", [G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(32, 112, 112, 12), [4])], { T: { type }, Index: { type: "int32" } }, [32, 112, 112, 12]), G.constant(Int32Array.of(32, 224, 224, 3), [4])], { T: { type }, Tshape: { type: "int32" } }, y.shape);
  }],
  "stem stack": [[1, 32, 50176, 1], (G, y, type, c) => {
    const p = G.op("Pad", [y, G.constant(Int32Array.of(0, 0, 1, 1, 0, 0, 0, 0), [4, 2])], { T: { type }, Tpaddings: { type: "int32" } }, [1, 34, 50176, 1]);
    const sl = [0, 1, 2].map((q) => G.op("Slice", [p, G.constant(Int32Array.of(0, q, 0, 0), [4]), G.constant(Int32Array.of(1, 32, 50176, 1), [4])], { T: { type }, Index: { type: "int32" } }, [1, 32, 50176, 1]));
    const z = G.op("ConcatV2", [...sl, G.constant(Int32Array.of(3), [])], { T: { type }, N: { integer: 3 }, Tidx: { type: "int32" } }, [1, 32, 50176, 3]);
    return G.op("Slice", [z, G.constant(Int32Array.of(0, 0, 0, 0), [4]), G.constant(Int32Array.of(1, 32, 50176, 1), [4])], { T: { type }, Index: { type: "int32" } }, [1, 32, 50176, 1]);
  }],
  "final conv 124>2 +2>124": [[16, 112, 112, 124], (G, y, type, c) => {
    const z = conv(3, 3, 124, 2, false)(G, y, type, c);
    return conv(1, 1, 2, 124, false)(G, z, type, c);
  }],
  "conv1x1 2>124": [[16, 112, 112, 2], (G, y, type, c) => {
    const z = conv(1, 1, 2, 124, false)(G, y, type, c);
    return G.op("Slice", [z, G.constant(Int32Array.of(0, 0, 0, 0), [4]), G.constant(Int32Array.of(16, 112, 112, 2), [4])], { T: { type }, Index: { type: "int32" } }, [16, 112, 112, 2]);
  }],
  "resize final": [[16, 112, 112, 2], (G, y, type, c) => {
    let z = G.op("ResizeBilinear", [y, G.constant(Int32Array.of(224, 224), [2])], { T: { type }, align_corners: { bool: true } }, [16, 224, 224, 2], "float32");
    z = G.op("Reshape", [z, G.constant(Int32Array.of(1, 16, 50176, 2), [4])], { T: { type: "float32" }, Tshape: { type: "int32" } }, [1, 16, 50176, 2]);
    z = G.op("ResizeBilinear", [z, G.constant(Int32Array.of(32, 50176), [2])], { T: { type: "float32" }, align_corners: { bool: true } }, [1, 32, 50176, 2], "float32");
    z = G.op("Slice", [z, G.constant(Int32Array.of(0, 0, 0, 0), [4]), G.constant(Int32Array.of(1, 8, 50176, 2), [4])], { T: { type: "float32" }, Index: { type: "int32" } }, [1, 8, 50176, 2]);
    z = G.op("Reshape", [z, G.constant(Int32Array.of(16, 112, 112, 4), [4])], { T: { type: "float32" }, Tshape: { type: "int32" } }, [16, 112, 112, 4]);
    z = G.op("Slice", [z, G.constant(Int32Array.of(0, 0, 0, 0), [4]), G.constant(Int32Array.of(16, 112, 112, 2), [4])], { T: { type: "float32" }, Index: { type: "int32" } }, [16, 112, 112, 2]);
    if (type !== "float32") z = G.op("Cast", [z], { SrcT: { type: "float32" }, DstT: { type } }, z.shape, type);
    return z;
  }],
  "pool overlapping": [[16, 112, 112, 64], (G, y, type, c) => {
    const p = G.op("Pad", [y, G.constant(Int32Array.of(0, 0, 1, 0, 1, 0, 0, 0), [4, 2])], { T: { type }, Tpaddings: { type: "int32" } }, [16, 113, 113, 64]);
    const q = G.op("MaxPool", [p], { T: { type }, ...NH, ksize: { integers: [1, 3, 3, 1] }, strides: { integers: [1, 2, 2, 1] }, padding: { text: "VALID" } }, [16, 56, 56, 64]);
    const r = G.op("Pad", [q, G.constant(Int32Array.of(0, 0, 0, 56, 0, 56, 0, 0), [4, 2])], { T: { type }, Tpaddings: { type: "int32" } }, [16, 112, 112, 64]);
    return r;
  }],
  "bottleneck 1x1 256>64>256": [[8, 56, 56, 256], (G, y, type, c) => conv(1, 1, 64, 256)(G, conv(1, 1, 256, 64)(G, y, type, c), type, c)],
  "conv3x3 64>64 56": [[8, 56, 56, 64], conv(3, 3, 64, 64)],
  "conv3x3 512 7": [[1, 7, 7, 512], conv(3, 3, 512, 512)],
  "conv3x3 256 14": [[2, 14, 14, 256], conv(3, 3, 256, 256)],
  "conv1x1 2048>1024>2048": [[1, 7, 7, 2048], (G, y, type, c) => conv(1, 1, 1024, 2048)(G, conv(1, 1, 2048, 1024)(G, y, type, c), type, c)],
  "conv1x1 64>80>64": [[16, 112, 112, 64], (G, y, type, c) => conv(1, 1, 80, 64)(G, conv(1, 1, 64, 80)(G, y, type, c), type, c)],
  "conv1x1 84>80>84": [[16, 112, 112, 84], (G, y, type, c) => conv(1, 1, 80, 84)(G, conv(1, 1, 84, 80)(G, y, type, c), type, c)],
  "conv3x3 80>20 +1x1 20>80": [[16, 112, 112, 80], (G, y, type, c) => conv(1, 1, 20, 80)(G, conv(3, 3, 80, 20, false)(G, y, type, c), type, c)],
  "conv1x1 20>80 ": [[16, 112, 112, 20], (G, y, type, c) => {
    const z = conv(1, 1, 20, 80, false)(G, y, type, c);
    return G.op("Slice", [z, G.constant(Int32Array.of(0, 0, 0, 0), [4]), G.constant(Int32Array.of(16, 112, 112, 20), [4])], { T: { type }, Index: { type: "int32" } }, [16, 112, 112, 20]);
  }],
  "bn [16,112,112,84]": [[16, 112, 112, 84], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(84).fill(v), [84]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,28,336]": [[16, 112, 28, 336], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(336).fill(v), [336]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,14,672]": [[16, 112, 14, 672], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(672).fill(v), [672]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,112,20]": [[16, 112, 112, 20], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(20).fill(v), [20]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,28,80]": [[16, 112, 28, 80], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(80).fill(v), [80]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,14,160]": [[16, 112, 14, 160], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(160).fill(v), [160]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,112,80]": [[16, 112, 112, 80], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(80).fill(v), [80]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,56,160]": [[16, 112, 56, 160], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(160).fill(v), [160]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,56,208]": [[16, 112, 56, 208], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(208).fill(v), [208]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,28,416]": [[16, 112, 28, 416], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(416).fill(v), [416]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,112,24]": [[16, 112, 112, 24], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(24).fill(v), [24]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn [16,112,56,48]": [[16, 112, 56, 48], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(48).fill(v), [48]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "conv3x3 20>20": [[16, 112, 112, 20], conv(3, 3, 20, 20)],
  "conv3x3 24>24": [[16, 112, 112, 24], conv(3, 3, 24, 24)],
  "conv3x3 32>32": [[16, 112, 112, 32], conv(3, 3, 32, 32)],
  "conv1x3 20>20": [[1, 16, 12544, 20], conv(3, 1, 20, 20)],
  "conv1x1 20>20": [[16, 112, 112, 20], conv(1, 1, 20, 20, false)],
  "conv1x1 64>64": [S, conv(1, 1, 64, 64)],
  "conv3x3 80>80": [[16, 112, 112, 80], conv(3, 3, 80, 80)],
  "conv1x1 80>80": [[16, 112, 112, 80], conv(1, 1, 80, 80)],
  "bn+relu 64": [S, (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(64).fill(v), [64]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "bn+relu 84": [[16, 112, 112, 84], (G, y, type, c) => {
    const f = (v) => G.constant(new Float32Array(84).fill(v), [84]);
    const z = G.op("FusedBatchNormV3", [y, f(1), f(0.1), f(0), f(1)], { T: { type }, U: { type: "float32" }, ...NH, epsilon: { float: 0 }, is_training: { bool: false } }, y.shape);
    return G.op("Relu", [z], { T: { type } }, y.shape);
  }],
  "add+relu": [S, (G, y, type) => {
    const a = G.op("Neg", [y], { T: { type } }, y.shape);
    return G.op("AddV2", [y, a], { T: { type } }, y.shape);
  }],
  "relu": [S, (G, y, type) => G.op("Neg", [y], { T: { type } }, y.shape)],
  "concat64+20+slice": [S, (G, y, type) => {
    const sl = G.op("Slice", [y, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(16, 112, 112, 20), [4])], { T: { type }, Index: { type: "int32" } }, [16, 112, 112, 20]);
    const z = G.op("ConcatV2", [y, sl, G.constant(Int32Array.of(3), [])], { T: { type }, N: { integer: 2 }, Tidx: { type: "int32" } }, [16, 112, 112, 84]);
    return G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(16, 112, 112, 64), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
  }],
  "slice 64": [[16, 112, 112, 84], (G, y, type) => {
    const z = G.op("Slice", [y, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(16, 112, 112, 84), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
    return G.op("Neg", [z], { T: { type } }, y.shape);
  }],
  "maxpool3x3 s1": [S, (G, y, type) => G.op("MaxPool", [y], { T: { type }, ...NH, ksize: { integers: [1, 3, 3, 1] }, strides: { integers: [1, 1, 1, 1] }, padding: { text: "SAME" } }, y.shape)],
  "maxpool2x1": [[32, 112, 112, 64], (G, y, type) => {
    const p = G.op("MaxPool", [y], { T: { type }, ...NH, ksize: { integers: [1, 2, 1, 1] }, strides: { integers: [1, 2, 1, 1] }, padding: { text: "VALID" } }, [32, 56, 112, 64]);
    return G.op("ConcatV2", [p, p, G.constant(Int32Array.of(1), [])], { T: { type }, N: { integer: 2 }, Tidx: { type: "int32" } }, y.shape);
  }],
  "resize plane 2x (and slice)": [[8, 56, 56, 64], (G, y, type) => {
    let z = G.op("ResizeBilinear", [y, G.constant(Int32Array.of(112, 112), [2])], { T: { type }, align_corners: { bool: true } }, [8, 112, 112, 64], "float32");
    if (type !== "float32") z = G.op("Cast", [z], { SrcT: { type: "float32" }, DstT: { type } }, z.shape, type);
    return G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(8, 56, 56, 64), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
  }],
  "resize depth 2x (and slice)": [[1, 8, 12544, 64], (G, y, type) => {
    let z = G.op("ResizeBilinear", [y, G.constant(Int32Array.of(16, 12544), [2])], { T: { type }, align_corners: { bool: true } }, [1, 16, 12544, 64], "float32");
    if (type !== "float32") z = G.op("Cast", [z], { SrcT: { type: "float32" }, DstT: { type } }, z.shape, type);
    return G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(1, 8, 12544, 64), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
  }],
  "matmul depth 2x (and slice)": [[1, 1, 8, 802816], (G, y, type, c) => {
    let z = G.op("BatchMatMulV2", [c(rnd([1, 1, 16, 8]), [1, 1, 16, 8]), y], { T: { type } }, [1, 1, 16, 802816]);
    return G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(1, 1, 8, 802816), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
  }],
  "conv depth 2x (and slice)": [[1, 8, 12544, 64], (G, y, type, c) => {
    const r = G.op("Reshape", [y, G.constant(Int32Array.of(1, 8, 802816, 1), [4])], { T: { type }, Tshape: { type: "int32" } }, [1, 8, 802816, 1]);
    return y;
  }],
  "matmul rows 2x (slice)": [[1, 8, 56, 56 * 64], (G, y, type, c) => {
    let z = G.op("BatchMatMulV2", [c(rnd([1, 1, 112, 56]), [1, 1, 112, 56]), y], { T: { type } }, [1, 8, 112, 3584]);
    return G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(1, 8, 56, 3584), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
  }],
  "matmul cols 2x (slice)": [[8, 112, 56, 64], (G, y, type, c) => {
    let z = G.op("BatchMatMulV2", [c(rnd([1, 1, 112, 56]), [1, 1, 112, 56]), y], { T: { type } }, [8, 112, 112, 64]);
    return G.op("Slice", [z, G.constant(new Int32Array(4), [4]), G.constant(Int32Array.of(8, 112, 56, 64), [4])], { T: { type }, Index: { type: "int32" } }, y.shape);
  }]
};
for (const [k, [s, f]] of Object.entries(tests)) if (which.length === 0 || which.some((w) => k.includes(w))) await bench(k, s, f);
