// tmp-b.ts
import * as tf12 from "@tensorflow/tfjs-core";

// packages/backend/src/batch-norm.ts
import * as tf3 from "@tensorflow/tfjs-core";

// packages/backend/src/native.ts
import * as tf from "@tensorflow/tfjs-core";
var NATIVE_BACKEND = "tensorflow";
function isNative() {
  return tf.getBackend() === NATIVE_BACKEND;
}
function runNativeOp(op, attributes, inputs, outputs) {
  const backend4 = tf.backend();
  const { binding } = backend4;
  const list = Object.entries(attributes).map(([name, value]) => {
    if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === "number") return { name, type: binding.TF_ATTR_FLOAT, value };
    if (typeof value === "string") return { name, type: binding.TF_ATTR_STRING, value };
    return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  });
  return backend4.executeMultipleOutputs(op, list, inputs, outputs);
}

// packages/backend/src/batch-norm-native.ts
var FLOAT = { type: "float32" };
var TYPES = { T: FLOAT, U: FLOAT, data_format: "NHWC" };
var nativeBatchNorm = {
  forwardBatch(x2, { gamma, beta, runningMean, runningVariance }, { epsilon, relu: relu4 }) {
    const [normalised, mean, variance, ...saved] = runNativeOp(
      "FusedBatchNormV3",
      { ...TYPES, epsilon, is_training: true },
      [x2, gamma, beta, runningMean, runningVariance],
      6
    );
    return { y: relu4 ? reluOf(normalised) : normalised, mean, variance, saved };
  },
  forwardRunning(x2, { gamma, beta, runningMean, runningVariance }, { epsilon, relu: relu4 }) {
    const [normalised] = runNativeOp(
      "FusedBatchNormV3",
      { ...TYPES, epsilon, is_training: false },
      [x2, gamma, beta, runningMean, runningVariance],
      6
    );
    return relu4 ? reluOf(normalised) : normalised;
  },
  backward(dy, x2, y, gamma, saved, { epsilon, relu: relu4, batchStatistics }) {
    const gradient = relu4 ? runNativeOp("ReluGrad", { T: FLOAT }, [dy, y], 1)[0] : dy;
    const [mean, variance, reserve = mean] = saved;
    const [dx, dGamma, dBeta] = runNativeOp(
      "FusedBatchNormGradV3",
      { ...TYPES, epsilon, is_training: batchStatistics },
      [gradient, x2, gamma, mean, variance, reserve],
      5
    );
    if (gradient !== dy) gradient.dispose();
    return [dx, dGamma, dBeta];
  }
};
function reluOf(x2) {
  const y = runNativeOp("Relu", { T: FLOAT }, [x2], 1)[0];
  x2.dispose();
  return y;
}

// packages/backend/src/batch-norm-portable.ts
import * as tf2 from "@tensorflow/tfjs-core";
var AXES = [0, 1, 2];
var portableBatchNorm = {
  forwardBatch(x2, { gamma, beta }, { epsilon, relu: relu4 }) {
    const { mean, variance } = tf2.moments(x2, AXES);
    const count = x2.size / mean.size;
    const y = normalise(x2, mean, variance, gamma, beta, epsilon);
    return {
      y: relu4 ? tf2.relu(y) : y,
      mean,
      variance: tf2.mul(variance, count / Math.max(1, count - 1)),
      saved: [mean, variance]
    };
  },
  forwardRunning(x2, { gamma, beta, runningMean, runningVariance }, { epsilon, relu: relu4 }) {
    const y = normalise(x2, runningMean, runningVariance, gamma, beta, epsilon);
    return relu4 ? tf2.relu(y) : y;
  },
  backward(dy, x2, y, gamma, saved, { epsilon, relu: relu4, batchStatistics }) {
    const [mean, variance] = saved;
    const gradient = relu4 ? tf2.mul(dy, tf2.step(y)) : dy;
    const inverse = tf2.rsqrt(tf2.add(variance, epsilon));
    const normalised = tf2.mul(tf2.sub(x2, mean), inverse);
    const dBeta = tf2.sum(gradient, AXES);
    const dGamma = tf2.sum(tf2.mul(gradient, normalised), AXES);
    const scale = tf2.mul(gamma, inverse);
    if (!batchStatistics) return [tf2.mul(gradient, scale), dGamma, dBeta];
    const count = x2.size / gamma.size;
    const centred = tf2.sub(tf2.sub(gradient, tf2.div(dBeta, count)), tf2.mul(normalised, tf2.div(dGamma, count)));
    return [tf2.mul(centred, scale), dGamma, dBeta];
  }
};
function normalise(x2, mean, variance, gamma, beta, epsilon) {
  const scale = tf2.mul(gamma, tf2.rsqrt(tf2.add(variance, epsilon)));
  return tf2.add(tf2.mul(x2, scale), tf2.sub(beta, tf2.mul(mean, scale)));
}

// packages/backend/src/batch-norm.ts
var kernels = () => isNative() ? nativeBatchNorm : portableBatchNorm;
function batchNormTrain(x2, parameters, options) {
  const k = kernels();
  let statistics;
  const operation = tf3.customGrad((...args) => {
    const [input, gamma, beta, save] = args;
    const x4 = asRank4(input);
    const { y: y2, mean, variance, saved } = k.forwardBatch(x4, { ...parameters, gamma, beta }, options);
    statistics = { mean: tf3.keep(mean.clone()), variance: tf3.keep(variance.clone()) };
    save([x4, y2, gamma, ...saved]);
    return {
      value: tf3.reshape(y2, input.shape),
      gradFunc: (dy, kept) => {
        const [x_, y_, gamma_, ...saved_] = kept;
        const backwardOptions = { ...options, batchStatistics: true };
        const [dx, dGamma, dBeta] = k.backward(asRank4(dy), x_, y_, gamma_, saved_, backwardOptions);
        return [tf3.reshape(dx, dy.shape), dGamma, dBeta];
      }
    };
  });
  const y = operation(x2, parameters.gamma, parameters.beta);
  return { y, ...statistics };
}
function batchNormRunning(x2, parameters, options) {
  const k = kernels();
  const operation = tf3.customGrad((...args) => {
    const [input, gamma, beta, save] = args;
    const x4 = asRank4(input);
    const y = k.forwardRunning(x4, { ...parameters, gamma, beta }, options);
    save([x4, y, gamma, parameters.runningMean, parameters.runningVariance]);
    return {
      value: tf3.reshape(y, input.shape),
      gradFunc: (dy, kept) => {
        const [x_, y_, gamma_, ...saved] = kept;
        const backwardOptions = { ...options, batchStatistics: false };
        const [dx, dGamma, dBeta] = k.backward(asRank4(dy), x_, y_, gamma_, saved, backwardOptions);
        return [tf3.reshape(dx, dy.shape), dGamma, dBeta];
      }
    };
  });
  return operation(x2, parameters.gamma, parameters.beta);
}
function asRank4(x2) {
  const channels = x2.shape[x2.rank - 1];
  const columns2 = x2.rank > 2 ? x2.shape[x2.rank - 2] : 1;
  return tf3.reshape(x2, [1, x2.size / channels / columns2, columns2, channels]);
}

// packages/backend/src/native-graph.ts
import * as tf4 from "@tensorflow/tfjs-core";

// packages/core/src/errors.ts
var LungsegError = class extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
};
var ShapeError = class extends LungsegError {
  kind = "shape";
};
var InvalidArgumentError = class extends LungsegError {
  kind = "invalid-argument";
};
var UnsupportedError = class extends LungsegError {
  kind = "unsupported";
};

// packages/core/src/rng.ts
var Rng = class _Rng {
  #a;
  #b;
  #c;
  #d;
  /**
   * @param seed an integer, of which the lowest 32 bits count, or a state saved by {@link Rng.state}
   * @throws InvalidArgumentError when it is neither
   */
  constructor(seed) {
    if (typeof seed === "number") {
      if (!Number.isInteger(seed)) {
        throw new InvalidArgumentError(`A seed must be an integer. Received: ${seed}.`);
      }
      let s = seed >>> 0;
      const next = () => {
        s = s + 2654435769 >>> 0;
        let t2 = s ^ s >>> 16;
        t2 = Math.imul(t2, 569420461);
        t2 ^= t2 >>> 15;
        t2 = Math.imul(t2, 1935289751);
        return (t2 ^ t2 >>> 15) >>> 0;
      };
      this.#a = next();
      this.#b = next();
      this.#c = next();
      this.#d = 1;
      for (let i = 0; i < 12; i++) this.uint32();
    } else {
      if (seed.length !== 4 || !seed.every(Number.isInteger)) {
        throw new InvalidArgumentError(
          `A generator's state must be four integers, as its state gave them. Received: [${seed.join(", ")}].`
        );
      }
      [this.#a, this.#b, this.#c, this.#d] = seed;
    }
  }
  /** The state, to continue from later with `new Rng(state)`. */
  get state() {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0];
  }
  /** The next unsigned 32-bit integer. */
  uint32() {
    const t2 = (this.#a + this.#b | 0) + this.#d | 0;
    this.#d = this.#d + 1 | 0;
    this.#a = this.#b ^ this.#b >>> 9;
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + t2;
    this.#c |= 0;
    return t2 >>> 0;
  }
  /** A number in [low, high), uniformly distributed, with 32 random bits; [0, 1) by default. */
  uniform(low = 0, high = 1) {
    return low + (high - low) * (this.uint32() / 4294967296);
  }
  /**
   * An integer in [low, high), uniformly distributed.
   *
   * @throws InvalidArgumentError when there is none, or a bound is not an integer
   */
  integer(low, high) {
    if (!(Number.isInteger(low) && Number.isInteger(high) && low < high)) {
      throw new InvalidArgumentError(
        `low and high must be integers, low below high. Received: low=${low}, high=${high}.`
      );
    }
    return low + Math.floor(this.uniform() * (high - low));
  }
  /** True with the given probability. */
  bernoulli(probability) {
    return this.uniform() < probability;
  }
  /** A normally distributed number (Box-Muller). */
  normal(mean = 0, standardDeviation = 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + standardDeviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }
  /**
   * One element of a list, each equally likely.
   *
   * @throws InvalidArgumentError when the list is empty
   */
  choice(items) {
    if (items.length === 0) {
      throw new InvalidArgumentError("A choice needs a list of at least one item. Received: an empty list.");
    }
    return items[this.integer(0, items.length)];
  }
  /** A generator for a sub-task, independent of how much the parent is used afterwards. */
  fork() {
    return new _Rng(this.uint32());
  }
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
  constant(values, shape2) {
    const type = values instanceof Int32Array ? "int32" : "float32";
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#add("Const", [], shape2, type, {
      dtype: { type: DATA_TYPES[type] },
      value: {
        tensor: { dtype: DATA_TYPES[type], tensor_shape: shapeOf(shape2), tensor_content: content }
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
  op(op, inputs, attributes, shape2, type = inputs[0]?.type ?? "float32") {
    const attr = Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, attributeOf(attribute)])
    );
    if (op === "Placeholder") attr["shape"] = { shape: shapeOf(shape2) };
    return this.#add(
      op,
      inputs.map(({ name }) => name),
      shape2,
      type,
      attr
    );
  }
  /** The graph as a SavedModel. */
  encode() {
    const graph = { node: this.#nodes, versions: { producer: PRODUCER } };
    return SavedModel.encode(
      SavedModel.create({
        saved_model_schema_version: 1,
        meta_graphs: [{ meta_info_def: { tags: [TAG] }, graph_def: graph }]
      })
    ).finish();
  }
  #add(op, input, shape2, type, attr) {
    const name = `n${this.#nodes.length}`;
    this.#nodes.push({ name, op, input, attr });
    return { name, shape: shape2, type };
  }
};
async function nativeGraphCompiler() {
  if (!isNative()) {
    throw new UnsupportedError(`Graphs need the native backend. Received: ${tf4.getBackend()}.`);
  }
  const fs2 = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const backend4 = tf4.backend();
  const load = (bytes) => {
    const folder = fs2.mkdtempSync(join(tmpdir(), "lungseg-graph-"));
    try {
      fs2.writeFileSync(join(folder, "saved_model.pb"), bytes);
      return backend4.loadSavedModelMetaGraph(folder, TAG);
    } finally {
      fs2.rmSync(folder, { recursive: true, force: true });
    }
  };
  return (graph, output) => {
    if (output.type !== "float32") {
      throw new InvalidArgumentError(`A graph's output must be float32. Received: ${output.type}.`);
    }
    const id = load(graph.encode());
    const infos = [{ name: `${graph.input.name}:0`, dtype: "float32" }];
    return {
      run: (input) => backend4.runSavedModel(id, [input], infos, [`${output.name}:0`])[0],
      dispose: () => backend4.deleteSavedModel(id)
    };
  };
}
var shapeOf = (shape2) => ({ dim: shape2.map((size) => ({ size })) });
function attributeOf(attribute) {
  if ("type" in attribute) return { type: DATA_TYPES[attribute.type] };
  if ("bool" in attribute) return { b: attribute.bool };
  if ("float" in attribute) return { f: attribute.float };
  if ("text" in attribute) return { s: new TextEncoder().encode(attribute.text) };
  if ("integer" in attribute) return { i: attribute.integer };
  return { list: { i: attribute.integers } };
}

// packages/backend/src/select-backend.ts
import * as tf5 from "@tensorflow/tfjs-core";
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
    const backend4 = tf5.backend();
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
  if (!await tf5.setBackend(name)) throw new UnsupportedError(`tfjs could not start its backend '${name}'.`);
  await tf5.ready();
}
async function allowNewerNode() {
  const util = (await import("node:util")).default;
  util.isNullOrUndefined ??= (value) => value === null || value === void 0;
}
function firstLine(error) {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";
}

// packages/networks/src/ahnet.ts
import * as tf11 from "@tensorflow/tfjs-core";

// packages/networks/src/ahnet-options.ts
var UPSAMPLE_MODES = ["transpose", "trilinear", "bilinear", "nearest"];
function resolveAHNetOptions(options = {}) {
  const resolved = {
    layers: [3, 4, 6, 3],
    spatialDims: 3,
    inChannels: 1,
    outChannels: 1,
    pspBlockNum: 4,
    upsampleMode: "transpose",
    width: 1,
    ...options
  };
  const { layers, spatialDims, inChannels, outChannels, pspBlockNum, upsampleMode, width: width2 } = resolved;
  const positive = (n) => Number.isInteger(n) && n > 0;
  const check = (holds, expected, received) => {
    if (!holds) throw new InvalidArgumentError(`${expected}. Received: ${String(received)}.`);
  };
  check(layers.length === 4 && layers.every(positive), "layers must be four positive integers", layers);
  check([2, 3].includes(spatialDims), "spatialDims must be 2 or 3", spatialDims);
  check(positive(inChannels), "inChannels must be a positive integer", inChannels);
  check(positive(outChannels), "outChannels must be a positive integer", outChannels);
  check([0, 1, 2, 3, 4].includes(pspBlockNum), "pspBlockNum must be an integer from 0 to 4", pspBlockNum);
  check(
    UPSAMPLE_MODES.includes(upsampleMode),
    `upsampleMode must be one of ${UPSAMPLE_MODES.join(", ")}`,
    upsampleMode
  );
  check(Number.isFinite(width2) && width2 > 0, "width must be a positive number", width2);
  return resolved;
}
function ahnetSizeMultiple({ pspBlockNum, upsampleMode, spatialDims }) {
  const plane = upsampleMode === "transpose" ? Math.max(32, 2 ** (pspBlockNum + 3)) : 32;
  return [plane, spatialDims === 2 ? 1 : plane, 32];
}
function ahnetChannels(width2) {
  const scale = (n) => 4 * Math.ceil(n * width2 / 4);
  return { initial: scale(64), planes: [scale(64), scale(128), scale(256), scale(512)], growth: scale(20) };
}

// packages/networks/src/ahnet-parameters.ts
var DENSE_LAYERS = 3;
var DENSE_BOTTLENECK = 4;
function ahnetParameterSpecs(options) {
  const { layers, inChannels, outChannels, pspBlockNum, upsampleMode, spatialDims, width: width2 } = options;
  const { initial, planes: planes2, growth } = ahnetChannels(width2);
  const list = new SpecList(spatialDims === 2, upsampleMode === "transpose");
  list.convolution("conv1", inChannels, initial, [7, 7, 3], "stem");
  list.batchNorm("bn0", initial);
  let channels = initial;
  layers.forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block++) {
      list.bottleneck(`layer${stage + 1}.${block}`, channels, planes2[stage], block === 0);
      channels = planes2[stage] * 4;
    }
  });
  const features = planes2.map((p) => p * 4);
  const dense = DENSE_LAYERS * growth;
  const [stage1, stage2, stage3, stage4] = features;
  list.upTransition("up0", stage4, stage3);
  list.denseBlock("dense0", stage3, growth);
  list.upTransition("up1", stage3 + dense, stage2);
  list.denseBlock("dense1", stage2, growth);
  list.upTransition("up2", stage2 + dense, stage1);
  list.denseBlock("dense2", stage1, growth);
  list.batchNorm("trans1.norm", stage1 + dense);
  list.convolution("trans1.conv", stage1 + dense, initial, [1, 1, 1], "pointwise");
  list.denseBlock("dense3", initial, growth);
  list.upTransition("up3", initial + dense, initial);
  list.denseBlock("dense4", initial, growth);
  list.pyramid("psp", initial + dense, pspBlockNum);
  list.batchNorm("final.norm", pspBlockNum + initial + dense);
  list.convolution("final.conv", pspBlockNum + initial + dense, outChannels, [3, 3, 1], "in-plane");
  list.up("final.up", outChannels);
  return list.specs;
}
var SpecList = class {
  /**
   * @param flat whether the network is 2-D: its kernels lack the first in-plane axis of the 3-D ones
   * @param transposed whether up-sampling has weights
   */
  constructor(flat, transposed) {
    this.flat = flat;
    this.transposed = transposed;
  }
  flat;
  transposed;
  specs = [];
  /** A 3-D kernel [x, y, z]; in the 2-D network MONAI keeps [y, z], which stand here as [x, 1, z]. */
  kernel([x2, y, z]) {
    return this.flat ? [y, 1, z] : [x2, y, z];
  }
  convolution(name, input, output, kernel, layout) {
    const [x2, y, z] = this.kernel(kernel);
    const fan = (this.flat ? x2 * z : x2 * y) * output;
    this.add(`${name}.weight`, [output, input, x2, y, z], layout, { normal: Math.sqrt(2 / fan) });
  }
  batchNorm(name, channels) {
    this.add(`${name}.weight`, [channels], "vector", { constant: 1 });
    this.add(`${name}.bias`, [channels], "vector", { constant: 0 });
    this.add(`${name}.running_mean`, [channels], "vector", { constant: 0 }, false);
    this.add(`${name}.running_var`, [channels], "vector", { constant: 1 }, false);
  }
  bottleneck(name, input, planes2, first) {
    this.convolution(`${name}.conv1`, input, planes2, [1, 1, 1], "pointwise");
    this.batchNorm(`${name}.bn1`, planes2);
    this.convolution(`${name}.conv2`, planes2, planes2, [3, 3, 1], "in-plane");
    this.batchNorm(`${name}.bn2`, planes2);
    this.convolution(`${name}.conv3`, planes2, planes2 * 4, [1, 1, 1], "pointwise");
    this.batchNorm(`${name}.bn3`, planes2 * 4);
    if (!first) return;
    this.convolution(`${name}.downsample.0`, input, planes2 * 4, [1, 1, 1], "pointwise");
    this.batchNorm(`${name}.downsample.2`, planes2 * 4);
  }
  upTransition(name, input, output) {
    this.batchNorm(`${name}.norm`, input);
    this.convolution(`${name}.conv`, input, output, [1, 1, 1], "pointwise");
    this.up(`${name}.up`, output);
  }
  up(name, channels) {
    if (!this.transposed) return;
    const [x2, y, z] = this.kernel([2, 2, 2]);
    this.add(`${name}.weight`, [channels, channels, x2, y, z], "transposed", {
      normal: Math.sqrt(2 / (4 * channels))
    });
  }
  denseBlock(name, input, growth) {
    for (let layer = 0; layer < DENSE_LAYERS; layer++) {
      const base = `${name}.denselayer${layer + 1}`;
      const channels = input + layer * growth;
      const inner = DENSE_BOTTLENECK * growth;
      this.batchNorm(`${base}.bn1`, channels);
      this.convolution(`${base}.conv1`, channels, inner, [1, 1, 1], "pointwise");
      this.batchNorm(`${base}.bn2`, inner);
      this.convolution(`${base}.conv2`, inner, growth, [3, 3, 1], "in-plane");
      this.batchNorm(`${base}.bn3`, growth);
      this.convolution(`${base}.conv3`, growth, growth, [1, 1, 3], "depth");
      this.batchNorm(`${base}.bn4`, growth);
      this.convolution(`${base}.conv4`, growth, growth, [1, 1, 1], "pointwise");
    }
  }
  pyramid(name, input, blocks) {
    if (this.transposed) {
      for (let i = 0; i < blocks; i++) {
        const [x2, y, z] = this.kernel([2 ** (i + 3), 2 ** (i + 3), 1]);
        const fan = this.flat ? x2 * z : x2 * y;
        this.add(`${name}.up_modules.${i}.weight`, [1, 1, x2, y, z], "transposed", {
          normal: Math.sqrt(2 / fan)
        });
        this.add(`${name}.up_modules.${i}.bias`, [1], "vector", { uniform: 1 / Math.sqrt(fan) });
      }
    }
    for (let i = 0; i < blocks; i++) {
      this.convolution(`${name}.project_modules.${i}`, input, 1, [1, 1, 1], "pointwise");
      this.add(`${name}.project_modules.${i}.bias`, [1], "vector", { uniform: 1 / Math.sqrt(input) });
    }
  }
  add(name, shape2, layout, initializer, trainable = true) {
    this.specs.push({ name, shape: shape2, layout, trainable, initializer });
  }
};

// packages/networks/src/ahnet-forward.ts
function ahnetForward(layers, options, input) {
  return new Forward(layers, options).run(input);
}
var Forward = class {
  constructor(layers, options) {
    this.layers = layers;
    this.options = options;
    this.#flat = options.spatialDims === 2;
    const { upsampleMode } = options;
    if (upsampleMode !== "transpose") {
      this.#interpolation = upsampleMode === "nearest" ? "nearest" : "linear";
    }
  }
  layers;
  options;
  #flat;
  #interpolation;
  run(input) {
    const { layers: l } = this;
    const plane = this.#flat ? [1, 2] : [2, 2];
    const convX = l.scope(() => {
      const x3 = l.convolution("conv1", "stem", input, { strides: plane });
      return l.norm("bn0", l.maxPoolDepth(x3, 2), true);
    });
    const poolX = l.scope(
      () => this.#interpolation === "linear" ? l.maxPoolOverlapping(convX, this.#flat) : l.maxPoolDepth(l.maxPoolPlane(convX, plane), 2)
    );
    const features = this.#encode(poolX);
    let x2 = this.#decode("up0", "dense0", features[3], features[2]);
    x2 = this.#decode("up1", "dense1", x2, features[1]);
    x2 = this.#decode("up2", "dense2", x2, features[0]);
    const d3 = l.scope(() => {
      const normed = l.norm("trans1.norm", x2, true);
      return this.#denseBlock("dense3", l.convolution("trans1.conv", "pointwise", normed, { add: poolX }));
    });
    l.release(x2);
    l.release(poolX);
    x2 = this.#decode("up3", "dense4", d3, convX);
    const logits = l.scope(() => this.#head(x2));
    l.release(x2);
    return logits;
  }
  #encode(poolX) {
    let x2 = poolX;
    return this.options.layers.map((blocks, stage) => {
      for (let block = 0; block < blocks; block++) {
        const previous = x2;
        const stride = stage > 0 && block === 0 ? 2 : 1;
        x2 = this.layers.scope(
          () => this.#bottleneck(`layer${stage + 1}.${block}`, previous, stride, block === 0)
        );
        if (block > 0) this.layers.release(previous);
      }
      return x2;
    });
  }
  #bottleneck(name, x2, stride, first) {
    const { layers: l } = this;
    const flat = this.#flat;
    const strided = flat && stride > 1 ? (t2) => l.subsample(t2, [stride, 1, 1]) : (t2) => t2;
    const strides = flat ? [1, stride] : [stride, stride];
    const pools = stride > 1 && !flat;
    let out = l.convolution(`${name}.conv1`, "pointwise", x2, { norm: `${name}.bn1`, relu: true });
    out = l.convolution(`${name}.conv2`, "in-plane", strided(out), {
      strides,
      norm: `${name}.bn2`,
      relu: true
    });
    const last = { norm: `${name}.bn3` };
    const downsample = `${name}.downsample`;
    if (pools) {
      const sampled = l.subsample(x2, [1, stride, stride]);
      const pooled = l.maxPoolDepth(l.convolution(`${downsample}.0`, "pointwise", sampled), stride);
      out = l.maxPoolDepth(l.convolution(`${name}.conv3`, "pointwise", out, last), stride);
      return l.relu(l.add(out, l.norm(`${downsample}.2`, pooled, false)));
    }
    let residual = x2;
    if (first) {
      const sampled = stride > 1 ? l.subsample(strided(x2), [1, ...strides]) : x2;
      residual = l.convolution(`${downsample}.0`, "pointwise", sampled, { norm: `${downsample}.2` });
    }
    return l.convolution(`${name}.conv3`, "pointwise", out, { ...last, add: residual, relu: true });
  }
  /** One step of the decoder: up transition, skip connection, dense block. Frees both inputs. */
  #decode(up, dense, x2, skip) {
    const { layers: l } = this;
    const y = l.scope(() => {
      const projected = l.convolution(`${up}.conv`, "pointwise", l.norm(`${up}.norm`, x2, true));
      return this.#denseBlock(dense, l.add(this.#up(`${up}.up`, projected), skip));
    });
    l.release(x2);
    l.release(skip);
    return y;
  }
  #up(name, x2) {
    const kernel = this.#flat ? [2, 1, 2] : [2, 2, 2];
    if (this.#interpolation === void 0) return this.layers.upConvolution(name, x2, kernel);
    const [, d, h, w] = this.layers.shapeOf(x2);
    return this.layers.resize(x2, [d * kernel[0], h * kernel[1], w * kernel[2]], this.#interpolation);
  }
  #denseBlock(name, x2) {
    const { layers: l } = this;
    let features = x2;
    for (let layer = 1; layer <= 3; layer++) {
      const input = features;
      features = l.scope(() => l.concat([input, this.#pseudo3d(`${name}.denselayer${layer}`, input)]));
      if (layer > 1) l.release(input);
    }
    return features;
  }
  /** A pseudo-3-D layer: 1x1x1, 3x3x1, then 1x1x3 added to what it was given, then 1x1x1. */
  #pseudo3d(name, x2) {
    const { layers: l } = this;
    const bottleneck = l.convolution(`${name}.conv1`, "pointwise", l.norm(`${name}.bn1`, x2, true), {
      norm: `${name}.bn2`,
      relu: true
    });
    const plane = l.convolution(`${name}.conv2`, "in-plane", bottleneck);
    const both = l.convolution(`${name}.conv3`, "depth", l.norm(`${name}.bn3`, plane, true), { add: plane });
    return l.convolution(`${name}.conv4`, "pointwise", l.norm(`${name}.bn4`, both, true));
  }
  #head(x2) {
    const { layers: l } = this;
    const { pspBlockNum } = this.options;
    const modules = Array.from({ length: pspBlockNum }, (_, i) => this.#pyramidModule(i, x2));
    const joined = pspBlockNum > 0 ? l.concat([...modules, x2]) : x2;
    const logits = l.convolution("final.conv", "in-plane", l.norm("final.norm", joined, true));
    return this.#up("final.up", logits);
  }
  /**
   * A module of the pyramid pooling in the plane: it pools over 8, 16, 32 or 64 voxels, projects to one channel and
   * enlarges it again. MONAI's projection is padded by one voxel on each side. Its transposed convolution cuts that ring
   * off again, so it is left out here; interpolation does see the ring, whose value is the projection's bias.
   */
  #pyramidModule(index, x2) {
    const { layers: l } = this;
    const flat = this.#flat;
    const size = 2 ** (index + 3);
    const window = [flat ? 1 : size, size];
    const project = `psp.project_modules.${index}`;
    const projected = l.convolution(project, "pointwise", l.maxPoolPlane(x2, window));
    if (this.#interpolation === void 0) {
      const up = `psp.up_modules.${index}`;
      return l.bias(up, l.upConvolution(up, l.bias(project, projected), [1, ...window]));
    }
    const [, d, h, w] = l.shapeOf(x2);
    const padded = l.padPlane(projected, [flat ? 0 : 1, 1]);
    return l.resize(l.bias(project, padded), [d, h, w], this.#interpolation);
  }
};

// packages/networks/src/tensor-layers.ts
import * as tf7 from "@tensorflow/tfjs-core";

// packages/networks/src/layers.ts
import * as tf6 from "@tensorflow/tfjs-core";
function convolve(kind, x2, weight, strides = [1, 1], epilogue) {
  switch (kind) {
    case "pointwise":
      return pointwise(x2, weight, epilogue);
    case "in-plane":
      return inPlane(x2, weight, strides, epilogue);
    case "depth":
      return alongDepth(x2, weight, epilogue);
    case "stem":
      return stem(x2, weight, strides, epilogue);
  }
}
function pointwise(x2, weight, epilogue) {
  const [n, d, h, w, c2] = x2.shape;
  const a2 = tf6.reshape(x2, [n * d * h * w, c2]);
  const y = epilogue === void 0 ? tf6.matMul(a2, weight) : tf6.fused.matMul({ a: a2, b: weight, ...epilogue });
  return tf6.reshape(y, [n, d, h, w, weight.shape[1]]);
}
function inPlane(x2, weight, strides, epilogue) {
  const [n, d, h, w, c2] = x2.shape;
  const [ky, kx] = weight.shape;
  const [sy, sx] = strides;
  let x4 = tf6.reshape(x2, [n * d, h, w, c2]);
  const same = sy === 1 && sx === 1;
  if (!same && (ky > 1 || kx > 1)) x4 = padForKernel(x4, ky, kx, sy, sx);
  const y = conv2d2(x4, weight, [sy, sx], same ? "same" : "valid", epilogue);
  return tf6.reshape(y, [n, d, y.shape[1], y.shape[2], y.shape[3]]);
}
function conv2d2(x2, filter, strides, pad2, epilogue) {
  return epilogue === void 0 ? tf6.conv2d(x2, filter, strides, pad2) : tf6.fused.conv2d({ x: x2, filter, strides, pad: pad2, ...epilogue });
}
function paddingFor(size, kernel, stride) {
  const before = kernel >> 1;
  const steps = Math.floor((size + 2 * before - kernel) / stride);
  return [before, Math.max(0, steps * stride + kernel - size - before)];
}
function padForKernel(x2, ky, kx, sy, sx) {
  const [, h, w] = x2.shape;
  return tf6.pad(x2, [[0, 0], paddingFor(h, ky, sy), paddingFor(w, kx, sx), [0, 0]]);
}
function alongDepth(x2, weight, epilogue) {
  const [n, d, h, w, c2] = x2.shape;
  const y = conv2d2(tf6.reshape(x2, [n, d, h * w, c2]), weight, [1, 1], "same", epilogue);
  return tf6.reshape(y, [n, d, h, w, weight.shape[3]]);
}
function stem(x2, weight, strides, epilogue) {
  const [n, d, h, w, c2] = x2.shape;
  const padded = tf6.pad(x2, [
    [0, 0],
    [1, 1],
    [0, 0],
    [0, 0],
    [0, 0]
  ]);
  const shifted = [0, 1, 2].map((z) => tf6.slice(padded, [0, z, 0, 0, 0], [n, d, h, w, c2]));
  return inPlane(tf6.concat(shifted, 4), weight, strides, epilogue);
}
function maxPoolDepth(x2, size) {
  const [n, d, h, w, c2] = x2.shape;
  const y = tf6.maxPool(tf6.reshape(x2, [n, d, h * w, c2]), [size, 1], [size, 1], "valid");
  return tf6.reshape(y, [n, y.shape[1], h, w, c2]);
}
function maxPoolPlane(x2, size) {
  const [n, d, h, w, c2] = x2.shape;
  const window = [...size];
  const y = tf6.maxPool(tf6.reshape(x2, [n * d, h, w, c2]), window, window, "valid");
  return tf6.reshape(y, [n, d, y.shape[1], y.shape[2], c2]);
}
function maxPoolOverlapping(x2, flat) {
  const [n, d, h, w, c2] = x2.shape;
  const ky = flat ? 1 : 3;
  const sy = flat ? 1 : 2;
  const plane = padForKernel(tf6.reshape(x2, [n * d, h, w, c2]), ky, 3, sy, 2);
  const y = tf6.maxPool(plane, [ky, 3], [sy, 2], "valid");
  const [, h2, w2] = y.shape;
  const column = padForKernel(tf6.reshape(y, [n, d, h2 * w2, c2]), 3, 1, 2, 1);
  const z = tf6.maxPool(column, [3, 1], [2, 1], "valid");
  return tf6.reshape(z, [n, z.shape[1], h2, w2, c2]);
}
function subsample(x2, [sz, sy, sx]) {
  const [n, d, h, w, c2] = x2.shape;
  let y = x2;
  if (sz > 1) {
    const slices = tf6.reshape(y, [n * d / sz, sz, h * w * c2]);
    y = tf6.slice(slices, [0, 0, 0], [n * d / sz, 1, h * w * c2]);
  }
  if (sy > 1 || sx > 1) {
    const rows = n * (d / sz) * h / sy;
    y = tf6.slice(tf6.reshape(y, [rows, sy, w / sx, sx * c2]), [0, 0, 0, 0], [rows, 1, w / sx, c2]);
  }
  return tf6.reshape(y, [n, d / sz, h / sy, w / sx, c2]);
}
function padPlane(t2, [y, x2]) {
  return tf6.pad(t2, [
    [0, 0],
    [0, 0],
    [y, y],
    [x2, x2],
    [0, 0]
  ]);
}
function resize(x2, size, how) {
  const [n, d, h, w, c2] = x2.shape;
  const [d2, h2, w2] = size;
  const scale = (t2, to) => {
    if (t2.shape[1] === to[0] && t2.shape[2] === to[1]) return t2;
    return how === "linear" ? tf6.image.resizeBilinear(t2, to, true) : tf6.image.resizeNearestNeighbor(t2, to, false, false);
  };
  const plane = scale(tf6.reshape(x2, [n * d, h, w, c2]), [h2, w2]);
  const depth = scale(tf6.reshape(plane, [n, d, h2 * w2, c2]), [d2, h2 * w2]);
  return tf6.reshape(depth, [n, d2, h2, w2, c2]);
}
function upConvolution(x2, weight, kernel) {
  const [n, d, h, w, c2] = x2.shape;
  const [kz, ky, kx] = kernel;
  const out = weight.shape[1] / (kz * ky * kx);
  const product = tf6.matMul(tf6.reshape(x2, [n * d * h * w, c2]), weight);
  const blocks = tf6.reshape(product, [n * d, h, w, kz, ky, kx * out]);
  return tf6.reshape(tf6.transpose(blocks, [0, 3, 1, 4, 2, 5]), [n, d * kz, h * ky, w * kx, out]);
}

// packages/networks/src/tensor-layers.ts
var EPSILON = 1e-5;
var MOMENTUM = 0.1;
var TensorLayers = class {
  constructor(parameters, mode2) {
    this.parameters = parameters;
    this.mode = mode2;
  }
  parameters;
  mode;
  shapeOf = (x2) => x2.shape;
  scope = (action) => tf7.tidy(action);
  release = (x2) => x2.dispose();
  add = (a2, b2) => tf7.add(a2, b2);
  relu = (x2) => tf7.relu(x2);
  concat = (xs) => tf7.concat([...xs], 4);
  maxPoolDepth = maxPoolDepth;
  maxPoolPlane = maxPoolPlane;
  maxPoolOverlapping = maxPoolOverlapping;
  subsample = subsample;
  padPlane = padPlane;
  resize = (x2, size, how) => resize(x2, size, how);
  convolution(name, kind, x2, { strides = [1, 1], norm, add: add4, relu: relu4 = false } = {}) {
    let y = convolve(kind, x2, this.parameters.get(`${name}.weight`), strides);
    if (norm !== void 0) y = this.norm(norm, y, relu4 && add4 === void 0);
    if (add4 !== void 0) y = tf7.add(y, add4);
    return relu4 && (norm === void 0 || add4 !== void 0) ? tf7.relu(y) : y;
  }
  norm(name, x2, relu4) {
    const p = this.parameters;
    const runningMean = p.get(`${name}.running_mean`);
    const runningVariance = p.get(`${name}.running_var`);
    const parameters = {
      gamma: p.get(`${name}.weight`),
      beta: p.get(`${name}.bias`),
      runningMean,
      runningVariance
    };
    if (this.mode !== "train") return batchNormRunning(x2, parameters, { epsilon: EPSILON, relu: relu4 });
    const { y, mean, variance } = batchNormTrain(x2, parameters, { epsilon: EPSILON, relu: relu4 });
    moveTowards(runningMean, mean);
    moveTowards(runningVariance, variance);
    mean.dispose();
    variance.dispose();
    return y;
  }
  bias(name, x2) {
    return tf7.add(x2, this.parameters.get(`${name}.bias`));
  }
  upConvolution(name, x2, kernel) {
    return upConvolution(x2, this.parameters.get(`${name}.weight`), kernel);
  }
};
function moveTowards(running, value) {
  const target = value.dataSync();
  const moved = Float32Array.from(running.dataSync(), (old, i) => old + MOMENTUM * (target[i] - old));
  tf7.tidy(() => running.assign(tf7.tensor1d(moved, "float32")));
}

// packages/networks/src/inference-weights.ts
var InferenceWeights = class {
  #values = /* @__PURE__ */ new Map();
  constructor(parameters) {
    for (const [name, variable2] of parameters.entries()) {
      this.#values.set(name, { values: variable2.dataSync(), shape: variable2.shape });
    }
  }
  /**
   * The convolution of this name, and in it the batch normalisation that follows: scale * (w . x) + offset
   * = (scale * w) . x + offset.
   */
  convolution(name, norm) {
    const { values, shape: shape2 } = this.#get(`${name}.weight`);
    if (norm === void 0) return { values, shape: shape2 };
    const { scale, offset } = this.norm(norm);
    const channels = scale.length;
    return { values: values.map((w, i) => w * scale[i % channels]), shape: shape2, bias: offset };
  }
  /** The batch normalisation of this name. */
  norm(name) {
    const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
      (part) => this.vector(`${name}.${part}`)
    );
    const scale = gamma.map((g, i) => g / Math.sqrt(variance[i] + EPSILON));
    return { scale, offset: beta.map((b2, i) => b2 - mean[i] * scale[i]) };
  }
  /** The values of a parameter as they are. */
  vector(name) {
    return this.#get(name).values;
  }
  #get(name) {
    const found = this.#values.get(name);
    if (found === void 0) throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    return found;
  }
};

// packages/networks/src/parameters.ts
import * as tf8 from "@tensorflow/tfjs-core";

// packages/networks/src/permute.ts
function permute(data, shape2, order) {
  const count = shape2.reduce((a2, b2) => a2 * b2, 1);
  if (count !== data.length || order.length !== shape2.length) {
    throw new ShapeError(
      `An array of [${shape2.join(", ")}] needs ${count} values. Received: ${data.length}.`
    );
  }
  const strides = shape2.map((_, axis) => shape2.slice(axis + 1).reduce((a2, b2) => a2 * b2, 1));
  const outShape = order.map((axis) => shape2[axis]);
  const outStrides = order.map((axis) => strides[axis]);
  const result = new Float32Array(count);
  const index = new Array(shape2.length).fill(0);
  let offset = 0;
  for (let i = 0; i < count; i++) {
    result[i] = data[offset];
    for (let axis = shape2.length - 1; axis >= 0; axis--) {
      offset += outStrides[axis];
      if (++index[axis] < outShape[axis]) break;
      offset -= outStrides[axis] * outShape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
function inverseOrder(order) {
  const inverse = new Array(order.length).fill(0);
  order.forEach((axis, position) => inverse[axis] = position);
  return inverse;
}

// packages/networks/src/parameters.ts
var CONVOLUTION_ORDERS = {
  pointwise: [4, 3, 2, 1, 0],
  "in-plane": [4, 3, 2, 1, 0],
  depth: [4, 3, 2, 1, 0],
  stem: [3, 2, 4, 1, 0],
  transposed: [0, 4, 3, 2, 1]
};
function computeShape({ layout, shape: shape2 }) {
  const [a2, b2, kx, ky, kz] = shape2;
  switch (layout) {
    case "vector":
      return [...shape2];
    case "pointwise":
      return [b2, a2];
    case "in-plane":
      return [ky, kx, b2, a2];
    case "depth":
      return [kz, 1, b2, a2];
    case "stem":
      return [ky, kx, kz * b2, a2];
    case "transposed":
      return [a2, kz * ky * kx * b2];
  }
}
var Parameters = class {
  #specs;
  #variables = /* @__PURE__ */ new Map();
  #dropSpatialAxis;
  #batches = 0;
  /**
   * @param specs what there is
   * @param spatialDims 2 where PyTorch's kernels have two spatial axes
   * @param rng draws the initial values
   */
  constructor(specs, spatialDims, rng) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#dropSpatialAxis = spatialDims === 2;
    for (const spec of specs) {
      const values = new Float32Array(spec.shape.reduce((a2, b2) => a2 * b2, 1)).map(
        () => draw(spec.initializer, rng)
      );
      const tensor3 = tf8.tensor(values, computeShape(spec), "float32");
      this.#variables.set(spec.name, tf8.variable(tensor3, spec.trainable));
      tensor3.dispose();
    }
  }
  /** The variable of this name, in the layout it is computed in; the caller names its rank, as in a cast. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  get(name) {
    const variable2 = this.#variables.get(name);
    if (variable2 === void 0)
      throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    return variable2;
  }
  /** Whether a parameter of this name exists. */
  has(name) {
    return this.#variables.has(name);
  }
  /** Every variable by name. */
  entries() {
    return this.#variables.entries();
  }
  /** The variables that training changes. */
  trainable() {
    return new Map([...this.#variables].filter(([name]) => this.#specs.get(name).trainable));
  }
  /** How often the running statistics have been updated: PyTorch's num_batches_tracked. */
  countBatch() {
    this.#batches++;
  }
  /**
   * Converts an array in the layout of a parameter, for instance its gradient, to PyTorch's.
   *
   * @param name the parameter's name
   * @param data values in the layout it is computed in
   */
  toPyTorch(name, data) {
    const spec = this.#specs.get(name);
    if (spec === void 0) throw new InvalidArgumentError(`The network has no parameter named '${name}'.`);
    const shape2 = this.#pyTorchShape(spec);
    if (spec.layout === "vector") return { shape: shape2, data: data.slice() };
    const order = CONVOLUTION_ORDERS[spec.layout];
    const permuted = order.map((axis) => spec.shape[axis]);
    return { shape: shape2, data: permute(data, permuted, inverseOrder(order)) };
  }
  /** Every parameter and buffer in PyTorch's layout. */
  stateDict() {
    const state = /* @__PURE__ */ new Map();
    for (const [name, variable2] of this.#variables) {
      state.set(name, this.toPyTorch(name, variable2.dataSync()));
      if (name.endsWith(".running_var")) {
        const counter = name.replace(/running_var$/, "num_batches_tracked");
        state.set(counter, { shape: [], data: BigInt64Array.of(BigInt(this.#batches)) });
      }
    }
    return state;
  }
  /**
   * Takes over the values of a state dict, all or none.
   *
   * @throws InvalidArgumentError when a name is missing or unexpected, or a shape differs
   */
  loadStateDict(state) {
    this.#checkNames(state);
    for (const [name, variable2] of this.#variables) {
      const spec = this.#specs.get(name);
      const data = state.get(name).data;
      const values = spec.layout === "vector" ? data : permute(data, spec.shape, CONVOLUTION_ORDERS[spec.layout]);
      tf8.tidy(() => variable2.assign(tf8.tensor(values, variable2.shape, "float32")));
    }
    const counter = [...state.keys()].find((name) => name.endsWith("num_batches_tracked"));
    if (counter !== void 0) this.#batches = Number(state.get(counter).data[0]);
  }
  dispose() {
    for (const variable2 of this.#variables.values()) variable2.dispose();
    this.#variables.clear();
  }
  #checkNames(state) {
    const names = [...state.keys()].filter((name) => !name.endsWith("num_batches_tracked"));
    const missing = [...this.#specs.keys()].filter((name) => !state.has(name));
    const unexpected = names.filter((name) => !this.#specs.has(name));
    if (missing.length > 0 || unexpected.length > 0) {
      throw new InvalidArgumentError(
        `The weights don't belong to this network: ${listOf(missing)} missing, ${listOf(unexpected)} unexpected. Build the network with the options that the weights were trained with.`
      );
    }
    for (const [name, spec] of this.#specs) {
      const array = state.get(name);
      const expected = this.#pyTorchShape(spec);
      if (array.shape.join() !== expected.join() || !(array.data instanceof Float32Array)) {
        throw new InvalidArgumentError(
          `The parameter ${name} must be float32 of shape [${expected.join(", ")}]. Received: [${array.shape.join(", ")}]. Build the network with the options that the weights were trained with.`
        );
      }
    }
  }
  #pyTorchShape(spec) {
    return this.#dropSpatialAxis && spec.layout !== "vector" ? [spec.shape[0], spec.shape[1], spec.shape[2], spec.shape[4]] : [...spec.shape];
  }
};
function draw(initializer, rng) {
  if ("constant" in initializer) return initializer.constant;
  if ("normal" in initializer) return rng.normal(0, initializer.normal);
  return rng.uniform(-initializer.uniform, initializer.uniform);
}
function listOf(names) {
  if (names.length === 0) return "none";
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

// packages/networks/src/prepared-network.ts
import * as tf10 from "@tensorflow/tfjs-core";

// packages/networks/src/folded-layers.ts
import * as tf9 from "@tensorflow/tfjs-core";
var FoldedLayers = class {
  constructor(weights) {
    this.weights = weights;
  }
  weights;
  /** Weights as tensors, made when they are first needed. */
  #tensors = /* @__PURE__ */ new Map();
  shapeOf = (x2) => x2.shape;
  scope = (action) => tf9.tidy(action);
  release = (x2) => x2.dispose();
  add = (a2, b2) => tf9.add(a2, b2);
  relu = (x2) => tf9.relu(x2);
  concat = (xs) => tf9.concat([...xs], 4);
  maxPoolDepth = maxPoolDepth;
  maxPoolPlane = maxPoolPlane;
  maxPoolOverlapping = maxPoolOverlapping;
  subsample = subsample;
  padPlane = padPlane;
  resize = (x2, size, how) => resize(x2, size, how);
  convolution(name, kind, x2, { strides = [1, 1], norm, add: add4, relu: relu4 = false } = {}) {
    const weight = this.#keep(`${name}.weight`, () => {
      const { values, shape: shape2 } = this.weights.convolution(name, norm);
      return tf9.tensor(values, [...shape2], "float32");
    });
    const bias = norm === void 0 ? void 0 : this.#vector(`${norm}.offset`, () => this.weights.norm(norm).offset);
    const activated = relu4 && add4 === void 0;
    const y = convolve(kind, x2, weight, strides, {
      ...bias === void 0 ? {} : { bias },
      activation: activated ? "relu" : "linear"
    });
    if (add4 === void 0) return y;
    return relu4 ? tf9.relu(tf9.add(y, add4)) : tf9.add(y, add4);
  }
  norm(name, x2, relu4) {
    const scale = this.#vector(`${name}.scale`, () => this.weights.norm(name).scale);
    const offset = this.#vector(`${name}.offset`, () => this.weights.norm(name).offset);
    const y = tf9.add(tf9.mul(x2, scale), offset);
    return relu4 ? tf9.relu(y) : y;
  }
  bias(name, x2) {
    return tf9.add(
      x2,
      this.#vector(`${name}.bias`, () => this.weights.vector(`${name}.bias`))
    );
  }
  upConvolution(name, x2, kernel) {
    const weight = this.#keep(`${name}.weight`, () => {
      const { values, shape: shape2 } = this.weights.convolution(name);
      return tf9.tensor(values, [...shape2], "float32");
    });
    return upConvolution(x2, weight, kernel);
  }
  dispose() {
    tf9.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }
  #vector(key, values) {
    return this.#keep(key, () => tf9.tensor1d(values(), "float32"));
  }
  /** A tensor that outlives the tidy it is first made in. */
  #keep(key, make) {
    const found = this.#tensors.get(key);
    if (found !== void 0) return found;
    const tensor3 = tf9.keep(make());
    this.#tensors.set(key, tensor3);
    return tensor3;
  }
};

// packages/networks/src/graph-layers.ts
var NHWC = { data_format: { text: "NHWC" } };
var GraphLayers = class {
  /**
   * @param graph where ops are added
   * @param weights of the network
   * @param type what feature maps and weights are kept and multiplied in; sums are float32
   */
  constructor(graph, weights, type) {
    this.graph = graph;
    this.weights = weights;
    this.type = type;
  }
  graph;
  weights;
  type;
  shapeOf = (x2) => x2.shape;
  scope = (action) => action();
  release = () => void 0;
  /** The graph's input as a feature map. */
  input(shape2) {
    return { node: this.#cast(this.graph.input), shape: shape2 };
  }
  /** The graph's output: float32 of this shape. */
  output(x2, shape2) {
    return this.#cast(this.#view(x2, shape2), "float32");
  }
  convolution(name, kind, x2, { strides = [1, 1], norm, add: add4, relu: relu4 = false } = {}) {
    const { values, shape: shape2, bias } = this.weights.convolution(name, norm);
    const kernel = shape2.length === 2 ? [1, 1, ...shape2] : shape2;
    const input = kind === "stem" ? this.#stackSlices(x2) : x2;
    const [n, d, h, w] = input.shape;
    const out = kernel[3];
    const result = [n, d, Math.ceil(h / strides[0]), Math.ceil(w / strides[1]), out];
    const stored = kind === "depth" ? columns(result) : planes(result);
    let y = this.#op(
      "Conv2D",
      [
        this.#view(input, kind === "depth" ? columns(input.shape) : planes(input.shape)),
        this.#weight(values, kernel)
      ],
      { ...NHWC, strides: { integers: [1, ...strides, 1] }, ...paddingOf([h, w], kernel, strides) },
      stored
    );
    if (bias !== void 0) y = this.#op("BiasAdd", [y, this.#weight(bias, [out])], NHWC, stored);
    if (add4 !== void 0) y = this.#op("AddV2", [y, this.#view(add4, stored)], {}, stored);
    if (relu4) y = this.#op("Relu", [y], {}, stored);
    return { node: y, shape: result };
  }
  norm(name, x2, relu4) {
    const { scale, offset } = this.weights.norm(name);
    const [n, d, h, w, c2] = x2.shape;
    const times = neighboursFor(c2, h * w);
    const stored = [n * d, 1, h * w / times, times * c2];
    const constants = [scale, offset, scale.map(() => 0), scale.map(() => 1)].map(
      (values) => this.graph.constant(repeat(values, times), [times * c2])
    );
    const attributes = {
      ...NHWC,
      U: { type: "float32" },
      epsilon: { float: 0 },
      is_training: { bool: false }
    };
    const y = this.#op("FusedBatchNormV3", [this.#view(x2, stored), ...constants], attributes, stored);
    return { node: relu4 ? this.#op("Relu", [y], {}, stored) : y, shape: x2.shape };
  }
  bias(name, x2) {
    const values = this.weights.vector(`${name}.bias`);
    const stored = planes(x2.shape);
    const bias = this.#weight(values, [values.length]);
    return { node: this.#op("BiasAdd", [this.#view(x2, stored), bias], NHWC, stored), shape: x2.shape };
  }
  add(a2, b2) {
    const stored = planes(a2.shape);
    return {
      node: this.#op("AddV2", [this.#view(a2, stored), this.#view(b2, stored)], {}, stored),
      shape: a2.shape
    };
  }
  relu(x2) {
    return { node: this.#op("Relu", [x2.node], {}, x2.node.shape), shape: x2.shape };
  }
  concat(xs) {
    const [n, d, h, w] = xs[0].shape;
    const shape2 = [n, d, h, w, xs.reduce((sum2, x2) => sum2 + x2.shape[4], 0)];
    const axis = this.graph.constant(Int32Array.of(3), []);
    const parts = xs.map((x2) => this.#view(x2, planes(x2.shape)));
    const node = this.#op(
      "ConcatV2",
      [...parts, axis],
      { N: { integer: xs.length }, Tidx: { type: "int32" } },
      planes(shape2)
    );
    return { node, shape: shape2 };
  }
  maxPoolDepth(x2, size) {
    const [n, d, h, w, c2] = x2.shape;
    return this.#maxPool(x2, columns(x2.shape), [size, 1], [size, 1], [n, Math.floor(d / size), h, w, c2]);
  }
  maxPoolPlane(x2, [y, xs]) {
    const [n, d, h, w, c2] = x2.shape;
    return this.#maxPool(
      x2,
      planes(x2.shape),
      [y, xs],
      [y, xs],
      [n, d, Math.floor(h / y), Math.floor(w / xs), c2]
    );
  }
  maxPoolOverlapping(x2, flat) {
    const [n, d, h, w, c2] = x2.shape;
    const kernel = flat ? [1, 3] : [3, 3];
    const strides = flat ? [1, 2] : [2, 2];
    const padded = this.#padZeros(x2, [paddingFor(h, kernel[0], strides[0]), paddingFor(w, 3, 2)]);
    const pooled = [n, d, h / strides[0], w / 2, c2];
    const plane = this.#maxPool(padded, planes(padded.shape), kernel, strides, pooled);
    const [before, after] = paddingFor(d, 3, 2);
    const [, , h2, w2] = pooled;
    const stacked = { node: plane.node, shape: [1, n, d, h2 * w2, c2] };
    const { node } = this.#padZeros(stacked, [
      [before, after],
      [0, 0]
    ]);
    const tall = [n, d + before + after, h2, w2, c2];
    return this.#maxPool({ node, shape: tall }, columns(tall), [3, 1], [2, 1], [n, d / 2, h2, w2, c2]);
  }
  subsample(x2, [sz, sy, sx]) {
    const [n, d, h, w, c2] = x2.shape;
    const shape2 = [n, d / sz, h / sy, w / sx, c2];
    const ints = (values) => this.graph.constant(Int32Array.from(values), [values.length]);
    const begin = ints([0, 0, 0, 0]);
    const node = this.#op(
      "StridedSlice",
      [this.#view(x2, planes(x2.shape)), begin, ints([n * d, h, w, c2]), ints([sz, sy, sx, 1])],
      { Index: { type: "int32" } },
      planes(shape2)
    );
    return { node, shape: shape2 };
  }
  padPlane(x2, [y, xs]) {
    return this.#padZeros(x2, [
      [y, y],
      [xs, xs]
    ]);
  }
  resize(x2, [d2, h2, w2], how) {
    const [n, d, h, w, c2] = x2.shape;
    const plane = this.#resize2d(this.#view(x2, planes(x2.shape)), [n * d, h2, w2, c2], [h, w], how);
    const between = { node: plane, shape: [n, d, h2, w2, c2] };
    const shape2 = [n, d2, h2, w2, c2];
    const node = this.#resize2d(
      this.#view(between, columns(between.shape)),
      columns(shape2),
      [d, h2 * w2],
      how
    );
    return { node, shape: shape2 };
  }
  upConvolution(name, x2, [kz, ky, kx]) {
    const [n, d, h, w, c2] = x2.shape;
    const { values, shape: shape2 } = this.weights.convolution(name);
    const [, width2] = shape2;
    const out = width2 / (kz * ky * kx);
    const product = this.#op(
      "Conv2D",
      [this.#view(x2, planes(x2.shape)), this.#weight(values, [1, 1, c2, width2])],
      { ...NHWC, strides: { integers: [1, 1, 1, 1] }, padding: { text: "VALID" } },
      [n * d, h, w, width2]
    );
    const blocks = this.#reshape(product, [n * d, h, w, kz, ky, kx * out]);
    const order = this.graph.constant(Int32Array.of(0, 3, 1, 4, 2, 5), [6]);
    const node = this.#op("Transpose", [blocks, order], { Tperm: { type: "int32" } }, [
      n * d,
      kz,
      h,
      ky,
      w,
      kx * out
    ]);
    return { node, shape: [n, d * kz, h * ky, w * kx, out] };
  }
  #resize2d(x2, shape2, from, how) {
    if (from[0] === shape2[1] && from[1] === shape2[2]) return x2;
    const size = this.graph.constant(Int32Array.of(shape2[1], shape2[2]), [2]);
    const linear = how === "linear";
    const op = linear ? "ResizeBilinear" : "ResizeNearestNeighbor";
    const options = { align_corners: { bool: linear }, half_pixel_centers: { bool: false } };
    const y = this.graph.op(
      op,
      [x2, size],
      { T: { type: x2.type }, ...options },
      shape2,
      linear ? "float32" : x2.type
    );
    return this.#cast(y);
  }
  #maxPool(x2, stored, kernel, strides, shape2) {
    const sizes = [1, 2].map(
      (axis) => Math.floor((stored[axis] - kernel[axis - 1]) / strides[axis - 1]) + 1
    );
    const node = this.#op(
      "MaxPool",
      [this.#view(x2, stored)],
      {
        ...NHWC,
        ksize: { integers: [1, ...kernel, 1] },
        strides: { integers: [1, ...strides, 1] },
        padding: { text: "VALID" }
      },
      [stored[0], sizes[0], sizes[1], stored[3]]
    );
    return { node, shape: shape2 };
  }
  /** Zeros around H and W. */
  #padZeros(x2, [py, px]) {
    const [n, d, h, w, c2] = x2.shape;
    const shape2 = [n, d, h + py[0] + py[1], w + px[0] + px[1], c2];
    const paddings = this.graph.constant(Int32Array.of(0, 0, ...py, ...px, 0, 0), [4, 2]);
    const inputs = [this.#view(x2, planes(x2.shape)), paddings];
    return { node: this.#op("Pad", inputs, { Tpaddings: { type: "int32" } }, planes(shape2)), shape: shape2 };
  }
  /** The slice below, the slice itself and the one above as channels; zeros beyond the ends. */
  #stackSlices(x2) {
    const [n, d, h, w, c2] = x2.shape;
    const stack = { node: x2.node, shape: [1, n, d, h * w, c2] };
    const { node } = this.#padZeros(stack, [
      [1, 1],
      [0, 0]
    ]);
    const ints = (values) => this.graph.constant(Int32Array.from(values), [values.length]);
    const shifted = [0, 1, 2].map((z) => {
      const inputs = [node, ints([0, z, 0, 0]), ints([n, d, h * w, c2])];
      return {
        node: this.#op("Slice", inputs, { Index: { type: "int32" } }, [n, d, h * w, c2]),
        shape: x2.shape
      };
    });
    return this.concat(shifted);
  }
  #op(op, inputs, attributes, shape2) {
    return this.graph.op(op, inputs, { T: { type: this.type }, ...attributes }, shape2, this.type);
  }
  #weight(values, shape2) {
    return this.#cast(this.graph.constant(values, shape2));
  }
  #cast(x2, type = this.type) {
    if (x2.type === type) return x2;
    const attributes = { SrcT: { type: x2.type }, DstT: { type } };
    return this.graph.op("Cast", [x2], attributes, x2.shape, type);
  }
  #view(x2, shape2) {
    return x2.node.shape.join() === shape2.join() ? x2.node : this.#reshape(x2.node, shape2);
  }
  #reshape(x2, shape2) {
    const sizes = this.graph.constant(Int32Array.from(shape2), [shape2.length]);
    return this.graph.op(
      "Reshape",
      [x2, sizes],
      { T: { type: x2.type }, Tshape: { type: "int32" } },
      shape2,
      x2.type
    );
  }
};
var CHANNEL_GROUP = 32;
function neighboursFor(channels, voxels) {
  let times = 1;
  while (channels * times % CHANNEL_GROUP !== 0 && times < CHANNEL_GROUP) times *= 2;
  return voxels % times === 0 ? times : 1;
}
function repeat(values, times) {
  return Float32Array.from({ length: values.length * times }, (_, i) => values[i % values.length]);
}
var planes = ([n, d, h, w, c2]) => [n * d, h, w, c2];
var columns = ([n, d, h, w, c2]) => [n, d, h * w, c2];
function paddingOf([h, w], kernel, [sy, sx]) {
  if (kernel[0] === 1 && kernel[1] === 1) return { padding: { text: "VALID" } };
  if (sy === 1 && sx === 1) return { padding: { text: "SAME" } };
  const integers = [0, 0, ...paddingFor(h, kernel[0], sy), ...paddingFor(w, kernel[1], sx), 0, 0];
  return { padding: { text: "EXPLICIT" }, explicit_paddings: { integers } };
}

// packages/networks/src/prepared-network.ts
var GRAPHS_KEPT = 2;
async function prepareAHNet(options, weights, { precision = "float32" }, checkShape) {
  if (isNative()) {
    return new GraphNetwork(options, weights, precision, checkShape, await nativeGraphCompiler());
  }
  if (precision !== "float32") {
    throw new UnsupportedError(`${precision} needs the native backend. Received: ${tf10.getBackend()}.`);
  }
  const layers = new FoldedLayers(weights);
  return {
    precision,
    apply: (input) => {
      checkShape(input);
      return tf10.tidy(() => {
        const logits = ahnetForward(layers, options, tf10.reshape(input, shape5Of(input.shape)));
        return tf10.reshape(logits, [...input.shape.slice(0, -1), options.outChannels]);
      });
    },
    dispose: () => layers.dispose()
  };
}
var GraphNetwork = class {
  constructor(options, weights, precision, checkShape, compile) {
    this.options = options;
    this.weights = weights;
    this.precision = precision;
    this.checkShape = checkShape;
    this.compile = compile;
  }
  options;
  weights;
  precision;
  checkShape;
  compile;
  /** By the input's shape, the least recently used first. */
  #graphs = /* @__PURE__ */ new Map();
  apply(input) {
    this.checkShape(input);
    const key = input.shape.join();
    const graph = this.#graphs.get(key) ?? this.#build(input.shape);
    this.#graphs.delete(key);
    this.#graphs.set(key, graph);
    const [oldest] = this.#graphs.keys();
    if (this.#graphs.size > GRAPHS_KEPT) this.#free(oldest);
    return graph.run(input);
  }
  dispose() {
    for (const key of [...this.#graphs.keys()]) this.#free(key);
  }
  #build(shape2) {
    const graph = new NativeGraph(shape2);
    const layers = new GraphLayers(graph, this.weights, this.precision);
    const logits = ahnetForward(layers, this.options, layers.input(shape5Of(shape2)));
    return this.compile(graph, layers.output(logits, [...shape2.slice(0, -1), this.options.outChannels]));
  }
  #free(key) {
    this.#graphs.get(key)?.dispose();
    this.#graphs.delete(key);
  }
};
function shape5Of(shape2) {
  const [n, d, h, w, c2] = shape2;
  return shape2.length === 5 ? [n, d, h, w, c2] : [n, d, 1, h, w];
}

// packages/networks/src/ahnet.ts
var AHNet = class {
  name = "AHNet";
  options;
  sizeMultiple;
  #parameters;
  /**
   * @param options what the network is like
   * @param seed of the initial weights, which are drawn as MONAI draws them
   * @throws InvalidArgumentError for options that AH-Net doesn't have
   */
  constructor(options = {}, seed = 0) {
    this.options = resolveAHNetOptions(options);
    this.sizeMultiple = ahnetSizeMultiple(this.options);
    this.#parameters = new Parameters(
      ahnetParameterSpecs(this.options),
      this.options.spatialDims,
      new Rng(seed)
    );
  }
  get inChannels() {
    return this.options.inChannels;
  }
  get outChannels() {
    return this.options.outChannels;
  }
  apply(input, mode2) {
    const { spatialDims } = this.options;
    this.#checkShape(input);
    if (mode2 === "train") this.#parameters.countBatch();
    return tf11.tidy(() => {
      const layers = new TensorLayers(this.#parameters, mode2);
      if (spatialDims === 3) return ahnetForward(layers, this.options, input);
      const [n, h, w, c2] = input.shape;
      const y = ahnetForward(layers, this.options, tf11.reshape(input, [n, h, 1, w, c2]));
      return tf11.reshape(y, [n, h, w, this.outChannels]);
    });
  }
  trainableVariables() {
    return this.#parameters.trainable();
  }
  stateDict() {
    return this.#parameters.stateDict();
  }
  loadStateDict(state) {
    this.#parameters.loadStateDict(state);
  }
  /** Converts values in the layout of a variable, for instance its gradient, to PyTorch's layout. */
  toPyTorch(name, data) {
    return this.#parameters.toPyTorch(name, data);
  }
  dispose() {
    this.#parameters.dispose();
  }
  /**
   * Makes a copy of the network that only infers, and does so faster: batch normalisation folded into convolutions,
   * weights laid out once, and on the native backend one graph for each size of input, of which the last two are kept.
   * Later changes of the weights don't reach it, and it lives on when the network is disposed.
   *
   * @param options precision; float32 by default
   * @throws UnsupportedError when the current backend doesn't have this precision
   * @example
   * const prepared = await network.prepareForInference();
   * const logits = prepared.apply(tf.zeros([1, 32, 64, 64, 1]));
   */
  async prepareForInference(options = {}) {
    const weights = new InferenceWeights(this.#parameters);
    return prepareAHNet(this.options, weights, options, (input) => this.#checkShape(input));
  }
  #checkShape(input) {
    const { spatialDims, inChannels, pspBlockNum } = this.options;
    const form = spatialDims === 3 ? "[N, D, H, W, C]" : "[N, H, W, C]";
    if (input.rank !== spatialDims + 2 || input.shape[spatialDims + 1] !== inChannels) {
      throw new ShapeError(
        `AHNet takes ${form} with ${inChannels} channel(s). Received: [${input.shape.join(", ")}].`
      );
    }
    const [, my, mz] = this.sizeMultiple;
    const axes = spatialDims === 3 ? [
      ["depth", 1, mz],
      ["height", 2, my],
      ["width", 3, my]
    ] : [
      ["height", 1, mz],
      ["width", 2, this.sizeMultiple[0]]
    ];
    const smallest = 2 ** (pspBlockNum + 3);
    for (const [axisName, axis, multiple] of axes) {
      const size = input.shape[axis];
      if (size % multiple !== 0 || size === 0) {
        const fits = Math.max(1, Math.ceil(size / multiple)) * multiple;
        throw new ShapeError(
          `${axisName} must be a multiple of ${multiple}. Received: ${size}. Pad to ${fits}, with padToMultiple(${multiple}).`
        );
      }
      if (axisName !== "depth" && pspBlockNum > 0 && spatialDims === 3 && size < smallest) {
        throw new ShapeError(
          `${axisName} must be at least ${smallest} for pspBlockNum ${pspBlockNum}. Received: ${size}.`
        );
      }
    }
  }
};

// tmp-b.ts
await selectBackend("native");
var width = Number(process.argv[2] ?? 0.25);
var runs = Number(process.argv[3] ?? 5);
var mode = process.argv[4] ?? "trilinear";
var net = new AHNet({ outChannels: 2, pspBlockNum: Number(process.argv[5] ?? 0), upsampleMode: mode, width });
var shape = [1, 32, 224, 224, 1];
var x = tf12.randomNormal(shape, 0, 1, "float32", 3);
if (width < 1 && !process.env.NOTRAIN) for (let i = 0; i < 30; i++) net.apply(tf12.keep(tf12.randomNormal([1, 32, 64, 64, 1], 0, 1, "float32", i)), "train").dispose();
var t = performance.now();
var p32 = await net.prepareForInference();
var g32 = { run: (q) => p32.apply(q) };
console.log("compile", (performance.now() - t).toFixed(0));
t = performance.now();
var p16 = await net.prepareForInference({ precision: "bfloat16" });
var g16 = { run: (q) => p16.apply(q) };
console.log("compile16", (performance.now() - t).toFixed(0));
var eager = () => net.apply(x, "evaluate");
var diff = (a2, b2) => tf12.tidy(() => tf12.max(tf12.abs(tf12.sub(a2, b2))).dataSync()[0] / tf12.max(tf12.abs(a2)).dataSync()[0]);
t = performance.now();
var a = eager();
var b = g32.run(x);
console.log("first", (performance.now() - t).toFixed(0));
var c = g16.run(x);
console.log("rel diff32", diff(a, b), "16", diff(a, c), a.shape, b.shape);
var labels = (q) => tf12.tidy(() => tf12.argMax(q, 4).dataSync());
var la = labels(a);
var lc = labels(c);
var n1 = 0;
var n2 = 0;
var n3 = 0;
for (let i = 0; i < la.length; i++) {
  n1 += la[i];
  n2 += lc[i];
  n3 += la[i] & lc[i];
}
console.log("dice", 2 * n3 / (n1 + n2), n1 / la.length);
var time = (f) => {
  const c2 = process.cpuUsage();
  const t2 = performance.now();
  const y = f();
  y.dataSync();
  y.dispose();
  const u = process.cpuUsage(c2);
  return [performance.now() - t2, u.user / 1e3, u.system / 1e3];
};
var fs = [eager, () => g32.run(x), () => g16.run(x)];
var all = fs.map(() => []);
for (let k = 0; k < runs; k++) fs.forEach((f, i) => all[i].push(time(f)));
var med = (v) => v.sort((p, q) => p - q)[v.length >> 1];
all.forEach((r, i) => console.log(["eager", "graph32", "graph16"][i], "wall median", med(r.map((q) => q[0])).toFixed(0), "min", Math.min(...r.map((q) => q[0])).toFixed(0), "cpu", med(r.map((q) => q[1] + q[2])).toFixed(0), "user", med(r.map((q) => q[1])).toFixed(0)));
