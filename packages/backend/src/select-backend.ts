import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError, UnsupportedError } from '@lungseg/core';
import { NATIVE_BACKEND } from './native.js';

/** The backends that can be asked for; `auto` takes the first of native, wasm and cpu that works. */
export const BACKEND_CHOICES = ['auto', 'native', 'wasm', 'cpu'] as const;

/** One of {@link BACKEND_CHOICES}. */
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** What {@link selectBackend} chose. */
export interface BackendInfo {
  readonly name: Exclude<BackendChoice, 'auto'>;
  readonly device: 'cpu' | 'gpu';
  /** For a person, for instance `native (TensorFlow 2.20.0) on CPU`. */
  readonly description: string;
  /** Why a backend that comes earlier in the order was passed over; empty when none was. */
  readonly passedOver: readonly string[];
}

/**
 * Loads a backend and makes it tfjs's current one.
 *
 * @param choice which; `auto` by default
 * @returns what was chosen, and on which device it computes
 * @throws InvalidArgumentError for a name that is not in {@link BACKEND_CHOICES}
 * @throws UnsupportedError when the backend that was asked for by name can't be loaded
 */
export async function selectBackend(choice: BackendChoice = 'auto'): Promise<BackendInfo> {
  if (!BACKEND_CHOICES.includes(choice)) {
    throw new InvalidArgumentError(
      `backend must be one of ${BACKEND_CHOICES.join(', ')}. Received: ${choice as string}.`,
    );
  }
  const order = choice === 'auto' ? (['native', 'wasm', 'cpu'] as const) : [choice];
  const passedOver: string[] = [];
  for (const name of order) {
    try {
      return { name, passedOver, ...(await LOADERS[name]()) };
    } catch (error) {
      const reason = firstLine(error);
      if (choice !== 'auto') {
        const advice = name === 'native' ? ' Run `npx nx run native:provision`, or use --backend=auto.' : '';
        throw new UnsupportedError(`The ${name} backend can't be loaded: ${reason}${advice}`, {
          cause: error,
        });
      }
      passedOver.push(`${name}: ${reason}`);
    }
  }
  throw new UnsupportedError(`No tfjs backend can be loaded. ${passedOver.join(' ')}`);
}

type Loaded = Pick<BackendInfo, 'device' | 'description'>;

const LOADERS: Readonly<Record<BackendInfo['name'], () => Promise<Loaded>>> = {
  native: async () => {
    await allowNewerNode();
    // TensorFlow's own log lines (instruction sets, missing CUDA) would drown what the program says.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
    // NVIDIA's libraries would round float32 factors to 10 bits; whoever wants fewer bits asks for a precision that has them.
    process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
    await import('@tensorflow/tfjs-node-gpu');
    await activate(NATIVE_BACKEND);
    const backend = tf.backend() as unknown as {
      isUsingGpuDevice: boolean;
      binding: { TF_Version?: string };
    };
    const device = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
    const version = backend.binding.TF_Version ?? 'unknown version';
    return { device, description: `native (TensorFlow ${version}) on ${device.toUpperCase()}` };
  },
  wasm: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await activate('wasm');
    return { device: 'cpu', description: 'wasm (tfjs) on CPU' };
  },
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await activate('cpu');
    // At its first tensor it would advise to install another backend, which is there, but wasn't asked for.
    (tf.backend() as { firstUse?: boolean }).firstUse = false;
    return { device: 'cpu', description: 'cpu (plain JavaScript, slow)' };
  },
};

async function activate(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new UnsupportedError(`tfjs could not start its backend '${name}'.`);
  await tf.ready();
}

/** Node 23 took away `util.isNullOrUndefined`, which tfjs-node still calls. */
async function allowNewerNode(): Promise<void> {
  const util = (await import('node:util')).default as { isNullOrUndefined?: (v: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
}
