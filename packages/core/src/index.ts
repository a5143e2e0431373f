export {
  axisCodes,
  geometryToRasAffine,
  nearestAxes,
  rasAffineToGeometry,
  sizeOfTensorShape,
  tensorShapeOf,
  type Affine,
  type NearestAxis,
} from './conventions.js';
export { fromErrorParts, prefixError, toErrorParts, type ErrorParts } from './error-parts.js';
export {
  InvalidArgumentError,
  isLungsegError,
  LungsegError,
  ReadError,
  ShapeError,
  UnsupportedError,
  WriteError,
  type LungsegErrorKind,
} from './errors.js';
export {
  cornersOf,
  createGeometry,
  IDENTITY_DIRECTION,
  indexToWorld,
  invertMat3,
  multiplyMat3Vec3,
  sameGrid,
  voxelCount,
  worldToIndex,
  type Geometry,
  type Mat3,
  type Vec3,
} from './geometry.js';
export type {
  Loss,
  Metric,
  NamedArray,
  NamedBytes,
  Network,
  NetworkMode,
  Sample,
  StateDict,
  Transform,
  VolumeReader,
} from './interfaces.js';
export { canonicalJson, toJson, type Json } from './json.js';
export { Rng, type RngState } from './rng.js';
export {
  formatSafetensors,
  parseSafetensors,
  type Safetensors,
  type SafetensorsFloat,
} from './safetensors.js';
export { squaredDistances } from './squared-distances.js';
export { createVolume, toFloat32, type Volume, type VolumeKind, type VoxelArray } from './volume.js';
