import { serveTasks } from '../serve-tasks.js';
import { noise, type AHNetRequest } from './ahnet-weights.js';

/** What is used of onnxruntime-node, which LUNGSEG_ONNXRUNTIME names where it is installed. */
interface OnnxRuntime {
  readonly InferenceSession: { create(path: string): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}
interface Session {
  run(feeds: Readonly<Record<string, unknown>>): Promise<unknown>;
}

const path = process.env['LUNGSEG_ONNXRUNTIME'];
if (path === undefined) throw new Error('LUNGSEG_ONNXRUNTIME names no onnxruntime-node/dist/index.js.');
const module = (await import(path)) as { readonly default: OnnxRuntime & { readonly env: Environment } };
interface Environment {
  readonly versions: { readonly node?: string; readonly common: string };
}
const { InferenceSession, Tensor, env } = module.default;
let prepared: { readonly session: Session; readonly image: unknown } | undefined;

await serveTasks(`onnxruntime-node ${env.versions.node ?? env.versions.common}`, async (request) => {
  prepared ??= await prepare(request as AHNetRequest);
  await prepared.session.run({ image: prepared.image });
});

async function prepare({ onnx, size: [d, h, w] }: AHNetRequest): Promise<NonNullable<typeof prepared>> {
  const session = await InferenceSession.create(onnx);
  return { session, image: new Tensor('float32', noise(d * h * w), [1, 1, w, h, d]) };
}
