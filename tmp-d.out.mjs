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
  const { layers, spatialDims, inChannels, outChannels, pspBlockNum, upsampleMode, width } = resolved;
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
  check(Number.isFinite(width) && width > 0, "width must be a positive number", width);
  return resolved;
}
function ahnetChannels(width) {
  const scale = (n) => 4 * Math.ceil(n * width / 4);
  return { initial: scale(64), planes: [scale(64), scale(128), scale(256), scale(512)], growth: scale(20) };
}

// packages/networks/src/ahnet-parameters.ts
var DENSE_LAYERS = 3;
var DENSE_BOTTLENECK = 4;
function ahnetParameterSpecs(options) {
  const { layers, inChannels, outChannels, pspBlockNum, upsampleMode, spatialDims, width } = options;
  const { initial, planes, growth } = ahnetChannels(width);
  const list = new SpecList(spatialDims === 2, upsampleMode === "transpose");
  list.convolution("conv1", inChannels, initial, [7, 7, 3], "stem");
  list.batchNorm("bn0", initial);
  let channels = initial;
  layers.forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block++) {
      list.bottleneck(`layer${stage + 1}.${block}`, channels, planes[stage], block === 0);
      channels = planes[stage] * 4;
    }
  });
  const features = planes.map((p) => p * 4);
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
  kernel([x, y, z]) {
    return this.flat ? [y, 1, z] : [x, y, z];
  }
  convolution(name, input, output, kernel, layout) {
    const [x, y, z] = this.kernel(kernel);
    const fan = (this.flat ? x * z : x * y) * output;
    this.add(`${name}.weight`, [output, input, x, y, z], layout, { normal: Math.sqrt(2 / fan) });
  }
  batchNorm(name, channels) {
    this.add(`${name}.weight`, [channels], "vector", { constant: 1 });
    this.add(`${name}.bias`, [channels], "vector", { constant: 0 });
    this.add(`${name}.running_mean`, [channels], "vector", { constant: 0 }, false);
    this.add(`${name}.running_var`, [channels], "vector", { constant: 1 }, false);
  }
  bottleneck(name, input, planes, first) {
    this.convolution(`${name}.conv1`, input, planes, [1, 1, 1], "pointwise");
    this.batchNorm(`${name}.bn1`, planes);
    this.convolution(`${name}.conv2`, planes, planes, [3, 3, 1], "in-plane");
    this.batchNorm(`${name}.bn2`, planes);
    this.convolution(`${name}.conv3`, planes, planes * 4, [1, 1, 1], "pointwise");
    this.batchNorm(`${name}.bn3`, planes * 4);
    if (!first) return;
    this.convolution(`${name}.downsample.0`, input, planes * 4, [1, 1, 1], "pointwise");
    this.batchNorm(`${name}.downsample.2`, planes * 4);
  }
  upTransition(name, input, output) {
    this.batchNorm(`${name}.norm`, input);
    this.convolution(`${name}.conv`, input, output, [1, 1, 1], "pointwise");
    this.up(`${name}.up`, output);
  }
  up(name, channels) {
    if (!this.transposed) return;
    const [x, y, z] = this.kernel([2, 2, 2]);
    this.add(`${name}.weight`, [channels, channels, x, y, z], "transposed", {
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
        const [x, y, z] = this.kernel([2 ** (i + 3), 2 ** (i + 3), 1]);
        const fan = this.flat ? x * z : x * y;
        this.add(`${name}.up_modules.${i}.weight`, [1, 1, x, y, z], "transposed", {
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
  add(name, shape, layout, initializer, trainable = true) {
    this.specs.push({ name, shape, layout, trainable, initializer });
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
      const x2 = l.convolution("conv1", "stem", input, { strides: plane });
      return l.norm("bn0", l.maxPoolDepth(x2, 2), true);
    });
    const poolX = l.scope(
      () => this.#interpolation === "linear" ? l.maxPoolOverlapping(convX, this.#flat) : l.maxPoolDepth(l.maxPoolPlane(convX, plane), 2)
    );
    const features = this.#encode(poolX);
    let x = this.#decode("up0", "dense0", features[3], features[2]);
    x = this.#decode("up1", "dense1", x, features[1]);
    x = this.#decode("up2", "dense2", x, features[0]);
    const d3 = l.scope(() => {
      const normed = l.norm("trans1.norm", x, true);
      return this.#denseBlock("dense3", l.convolution("trans1.conv", "pointwise", normed, { add: poolX }));
    });
    l.release(x);
    l.release(poolX);
    x = this.#decode("up3", "dense4", d3, convX);
    const logits = l.scope(() => this.#head(x));
    l.release(x);
    return logits;
  }
  #encode(poolX) {
    let x = poolX;
    return this.options.layers.map((blocks, stage) => {
      for (let block = 0; block < blocks; block++) {
        const previous = x;
        const stride = stage > 0 && block === 0 ? 2 : 1;
        x = this.layers.scope(
          () => this.#bottleneck(`layer${stage + 1}.${block}`, previous, stride, block === 0)
        );
        if (block > 0) this.layers.release(previous);
      }
      return x;
    });
  }
  #bottleneck(name, x, stride, first) {
    const { layers: l } = this;
    const flat = this.#flat;
    const strided = flat && stride > 1 ? (t) => l.subsample(t, [stride, 1, 1]) : (t) => t;
    const strides = flat ? [1, stride] : [stride, stride];
    const pools = stride > 1 && !flat;
    let out = l.convolution(`${name}.conv1`, "pointwise", x, { norm: `${name}.bn1`, relu: true });
    out = l.convolution(`${name}.conv2`, "in-plane", strided(out), {
      strides,
      norm: `${name}.bn2`,
      relu: true
    });
    const last = { norm: `${name}.bn3` };
    const downsample = `${name}.downsample`;
    if (pools) {
      const sampled = l.subsample(x, [1, stride, stride]);
      const pooled = l.maxPoolDepth(l.convolution(`${downsample}.0`, "pointwise", sampled), stride);
      out = l.maxPoolDepth(l.convolution(`${name}.conv3`, "pointwise", out, last), stride);
      return l.relu(l.add(out, l.norm(`${downsample}.2`, pooled, false)));
    }
    let residual = x;
    if (first) {
      const sampled = stride > 1 ? l.subsample(strided(x), [1, ...strides]) : x;
      residual = l.convolution(`${downsample}.0`, "pointwise", sampled, { norm: `${downsample}.2` });
    }
    return l.convolution(`${name}.conv3`, "pointwise", out, { ...last, add: residual, relu: true });
  }
  /** One step of the decoder: up transition, skip connection, dense block. Frees both inputs. */
  #decode(up, dense, x, skip) {
    const { layers: l } = this;
    const y = l.scope(() => {
      const projected = l.convolution(`${up}.conv`, "pointwise", l.norm(`${up}.norm`, x, true));
      return this.#denseBlock(dense, l.add(this.#up(`${up}.up`, projected), skip));
    });
    l.release(x);
    l.release(skip);
    return y;
  }
  #up(name, x) {
    const kernel = this.#flat ? [2, 1, 2] : [2, 2, 2];
    if (this.#interpolation === void 0) return this.layers.upConvolution(name, x, kernel);
    const [, d, h, w] = this.layers.shapeOf(x);
    return this.layers.resize(x, [d * kernel[0], h * kernel[1], w * kernel[2]], this.#interpolation);
  }
  #denseBlock(name, x) {
    const { layers: l } = this;
    let features = x;
    for (let layer = 1; layer <= 3; layer++) {
      const input = features;
      features = l.scope(() => l.concat([input, this.#pseudo3d(`${name}.denselayer${layer}`, input)]));
      if (layer > 1) l.release(input);
    }
    return features;
  }
  /** A pseudo-3-D layer: 1x1x1, 3x3x1, then 1x1x3 added to what it was given, then 1x1x1. */
  #pseudo3d(name, x) {
    const { layers: l } = this;
    const bottleneck = l.convolution(`${name}.conv1`, "pointwise", l.norm(`${name}.bn1`, x, true), {
      norm: `${name}.bn2`,
      relu: true
    });
    const plane = l.convolution(`${name}.conv2`, "in-plane", bottleneck);
    const both = l.convolution(`${name}.conv3`, "depth", l.norm(`${name}.bn3`, plane, true), { add: plane });
    return l.convolution(`${name}.conv4`, "pointwise", l.norm(`${name}.bn4`, both, true));
  }
  #head(x) {
    const { layers: l } = this;
    const { pspBlockNum } = this.options;
    const modules = Array.from({ length: pspBlockNum }, (_, i) => this.#pyramidModule(i, x));
    const joined = pspBlockNum > 0 ? l.concat([...modules, x]) : x;
    const logits = l.convolution("final.conv", "in-plane", l.norm("final.norm", joined, true));
    return this.#up("final.up", logits);
  }
  /**
   * A module of the pyramid pooling in the plane: it pools over 8, 16, 32 or 64 voxels, projects to one channel and
   * enlarges it again. MONAI's projection is padded by one voxel on each side. Its transposed convolution cuts that ring
   * off again, so it is left out here; interpolation does see the ring, whose value is the projection's bias.
   */
  #pyramidModule(index, x) {
    const { layers: l } = this;
    const flat = this.#flat;
    const size = 2 ** (index + 3);
    const window = [flat ? 1 : size, size];
    const project = `psp.project_modules.${index}`;
    const projected = l.convolution(project, "pointwise", l.maxPoolPlane(x, window));
    if (this.#interpolation === void 0) {
      const up = `psp.up_modules.${index}`;
      return l.bias(up, l.upConvolution(up, l.bias(project, projected), [1, ...window]));
    }
    const [, d, h, w] = l.shapeOf(x);
    const padded = l.padPlane(projected, [flat ? 0 : 1, 1]);
    return l.resize(l.bias(project, padded), [d, h, w], this.#interpolation);
  }
};

// packages/networks/src/shape-layers.ts
var ShapeLayers = class {
  layers = [];
  #specs;
  /** Feature maps that are in memory. */
  #live = /* @__PURE__ */ new Set();
  #values = 0;
  #peak = 0;
  constructor(specs) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
  }
  /** The most values that are in memory at a time, where each map is freed as soon as its block ends. */
  get peakValues() {
    return this.#peak;
  }
  shapeOf = (x) => x.shape;
  scope(action) {
    const before = new Set(this.#live);
    const result = action();
    for (const map of [...this.#live]) if (!before.has(map) && map !== result) this.release(map);
    return result;
  }
  release(x) {
    if (this.#live.delete(x)) this.#values -= product(x.shape);
  }
  convolution(name, kind, x, { strides = [1, 1], norm, add } = {}) {
    const [n, d, h, w, c] = x.shape;
    const { shape } = this.#spec(`${name}.weight`);
    if (kind === "stem") this.#make([n, d, h, w, 3 * c]);
    const y = this.#make([n, d, h / strides[0], w / strides[1], shape[0]]);
    const weights = product(shape);
    this.#count(name, "Conv", y.shape, weights, product(y.shape) / shape[0] * weights);
    if (norm !== void 0) this.#countNorm(norm, y.shape);
    return add === void 0 ? y : this.#make(y.shape);
  }
  norm(name, x) {
    this.#countNorm(name, x.shape);
    return this.#make(x.shape);
  }
  bias = (_name, x) => this.#make(x.shape);
  add = (a) => this.#make(a.shape);
  relu = (x) => this.#make(x.shape);
  concat(xs) {
    const [n, d, h, w] = xs[0].shape;
    return this.#make([n, d, h, w, xs.reduce((sum, x) => sum + x.shape[4], 0)]);
  }
  maxPoolDepth(x, size) {
    return this.subsample(x, [size, 1, 1]);
  }
  maxPoolPlane(x, [y, xs]) {
    return this.subsample(x, [1, y, xs]);
  }
  maxPoolOverlapping(x, flat) {
    return this.subsample(x, [2, flat ? 1 : 2, 2]);
  }
  subsample(x, [sz, sy, sx]) {
    const [n, d, h, w, c] = x.shape;
    return this.#make([n, Math.floor(d / sz), Math.floor(h / sy), Math.floor(w / sx), c]);
  }
  padPlane(x, [y, xs]) {
    const [n, d, h, w, c] = x.shape;
    return this.#make([n, d, h + 2 * y, w + 2 * xs, c]);
  }
  resize(x, [d2, h2, w2]) {
    const [n, d, , , c] = x.shape;
    this.#make([n, d, h2, w2, c]);
    return this.#make([n, d2, h2, w2, c]);
  }
  upConvolution(name, x, [kz, ky, kx]) {
    const [n, d, h, w] = x.shape;
    const { shape } = this.#spec(`${name}.weight`);
    this.#make([n, d * kz, h * ky, w * kx, shape[1]]);
    const y = this.#make([n, d * kz, h * ky, w * kx, shape[1]]);
    const weights = product(shape);
    this.#count(name, "ConvTranspose", y.shape, weights, n * d * h * w * weights);
    return y;
  }
  #make(shape) {
    const map = { shape };
    this.#live.add(map);
    this.#values += product(shape);
    this.#peak = Math.max(this.#peak, this.#values);
    return map;
  }
  #countNorm(name, shape) {
    this.#count(name, "BatchNorm", shape, 2 * shape[4], product(shape));
  }
  #count(name, type, shape, weights, multiplyAdds) {
    const bias = type === "BatchNorm" ? void 0 : this.#specs.get(`${name}.bias`);
    const parameters = weights + (bias === void 0 ? 0 : product(bias.shape));
    this.layers.push({ name, type, shape, parameters, multiplyAdds });
  }
  #spec(name) {
    return this.#specs.get(name);
  }
};
var product = (shape) => shape.reduce((a, b) => a * b, 1);

// packages/networks/src/summary.ts
function summarizeAHNet(options, inputShape) {
  const resolved = resolveAHNetOptions(options);
  const counter = new ShapeLayers(ahnetParameterSpecs(resolved));
  const [n, d, h, w, c] = inputShape;
  const shape = inputShape.length === 5 ? [n, d, h, w, c] : [n, d, 1, h, w];
  ahnetForward(counter, resolved, { shape });
  const { layers, peakValues } = counter;
  return {
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    inputShape,
    peakValues
  };
}
var RULE = "=".repeat(110);

// tmp-d.ts
for (const m of ["trilinear", "transpose"]) {
  const s2 = summarizeAHNet({ outChannels: 2, pspBlockNum: 0, upsampleMode: m }, [1, 32, 224, 224, 1]);
  const conv = s2.layers.filter((l) => l.type !== "BatchNorm").reduce((a, l) => a + l.multiplyAdds, 0);
  console.log(m, s2.parameters, 2 * s2.multiplyAdds / 1e9, 2 * conv / 1e9, s2.peakValues * 4 / 1e6);
}
var s = summarizeAHNet({ outChannels: 2, pspBlockNum: 0, upsampleMode: "trilinear", width: 0.25 }, [1, 32, 224, 224, 1]);
console.log(s.parameters, s.multiplyAdds * 2 / 1e9, s.peakValues * 4 / 1e6);
