import { InvalidArgumentError, UnsupportedError } from '@lungseg/core';
import type { BackendInfo } from './select-backend.js';

/** The precisions that can be asked for; `auto` takes the fastest that the device has units for. */
export const PRECISION_CHOICES = ['float32', 'bfloat16', 'float16', 'auto'] as const;

/** One of {@link PRECISION_CHOICES}. */
export type PrecisionChoice = (typeof PRECISION_CHOICES)[number];

/** What numbers are kept and multiplied in; they are added in float32. */
export type Precision = Exclude<PrecisionChoice, 'auto'>;

/** The flags of Linux's /proc/cpuinfo that say that a CPU multiplies numbers of this precision. */
const CPU_FLAGS = { bfloat16: ['avx512_bf16', 'amx_bf16'], float16: ['avx512_fp16', 'amx_fp16'] } as const;

/**
 * Chooses the precision of inference: float16 on a GPU, bfloat16 on a CPU with units for it, else float32.
 *
 * @param choice what was asked for
 * @param backend what computes, as `selectBackend` gave it
 * @param cpuFlags the CPU's flags; those of this machine by default
 * @throws InvalidArgumentError for a name that is not in {@link PRECISION_CHOICES}
 * @throws UnsupportedError for a precision that was asked for by name and that the device has no units for
 * @example
 * const precision = await choosePrecision('auto', await selectBackend());
 */
export async function choosePrecision(
  choice: PrecisionChoice,
  backend: Pick<BackendInfo, 'name' | 'device'>,
  cpuFlags?: ReadonlySet<string>,
): Promise<Precision> {
  if (!PRECISION_CHOICES.includes(choice)) {
    throw new InvalidArgumentError(
      `precision must be one of ${PRECISION_CHOICES.join(', ')}. Received: ${choice as string}.`,
    );
  }
  if (choice === 'float32') return choice;
  if (backend.name !== 'native') {
    if (choice === 'auto') return 'float32';
    throw new UnsupportedError(
      `${choice} needs the native backend. Received: ${backend.name}. Use --precision=float32 or auto.`,
    );
  }
  if (backend.device === 'gpu') return choice === 'auto' ? 'float16' : choice;
  const flags = cpuFlags ?? (await readCpuFlags());
  const has = (precision: keyof typeof CPU_FLAGS): boolean =>
    CPU_FLAGS[precision].some((flag) => flags.has(flag));
  if (choice === 'auto') return has('bfloat16') ? 'bfloat16' : 'float32';
  if (has(choice)) return choice;
  throw new UnsupportedError(
    `${choice} needs a GPU or a CPU with ${CPU_FLAGS[choice].join(' or ')}, which this one lacks. Use --precision=float32 or auto.`,
  );
}

/** The flags of this machine's CPU; none where there is no /proc/cpuinfo. */
async function readCpuFlags(): Promise<ReadonlySet<string>> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const line = /^flags\s*:(.*)$/m.exec(text)?.[1] ?? '';
  return new Set(line.trim().split(/\s+/));
}
