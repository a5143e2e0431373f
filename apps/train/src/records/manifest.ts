import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BackendInfo, Precision } from '@lungseg/backend';
import { filesReadFrom } from '@lungseg/io';
import type { TrainConfig } from '../config.js';
import type { CaseFiles } from '../case-entries.js';
import { RUN_FILES } from './run-records.js';

const require = createRequire(import.meta.url);

/** Versions and hardware: what a checkpoint's and a manifest's figures depend on beside config and data. */
export interface Environment {
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
  /** What convolutions multiply in. */
  readonly precision: Precision;
  readonly hardware: {
    readonly platform: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
  };
}

/** The versions and the hardware of this process. */
export function environmentOf(backend: BackendInfo, precision: Precision): Environment {
  const version = (name: string): string => (require(name) as { version: string }).version;
  const processors = cpus();
  return {
    versions: {
      lungseg: version('../../package.json'),
      node: process.versions.node,
      tfjs: version('@tensorflow/tfjs-core/package.json'),
    },
    backend: backend.description,
    precision,
    hardware: {
      platform: `${platform()} ${release()} ${arch()}`,
      cpu: processors[0]?.model ?? 'unknown',
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
  };
}

/**
 * What run.json says: enough to know whether two runs can be compared, and to make one again.
 *
 * @param initialWeights SHA-256 of the file that the run began from
 */
export async function makeManifest(
  config: TrainConfig,
  environment: Environment,
  cases: { readonly training: readonly CaseFiles[]; readonly validation: readonly CaseFiles[] },
  initialWeights?: string,
): Promise<object> {
  const hashed = async (list: readonly CaseFiles[]): Promise<object[]> => {
    const entries: object[] = [];
    for (const { name, image, label } of list) {
      // Of the files that it is read from: of most images there is one.
      const [imageHash, labelHash] = [
        await sha256OfFiles(await filesReadFrom(image)),
        await sha256OfFiles(await filesReadFrom(label)),
      ];
      entries.push({ name, image: imageHash, label: labelHash });
    }
    return entries;
  };
  return {
    intendedUse: 'Research use only.',
    startedAt: new Date().toISOString(),
    seed: config.seed,
    ...environment,
    data: {
      training: await hashed(cases.training),
      validation: await hashed(cases.validation),
      phantoms: config.data.phantoms,
    },
    ...(initialWeights === undefined ? {} : { initialWeightsSha256: initialWeights }),
    config,
  };
}

/** The SHA-256 of what a run began from, as its run.json has it; undefined for a run from nothing or of an older version. */
export function initialWeightsOf(folder: string): string | undefined {
  const path = join(folder, RUN_FILES.manifest);
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly initialWeightsSha256?: string })
    .initialWeightsSha256;
}

/** The SHA-256 of files, one after the other, in hexadecimal digits. */
export async function sha256OfFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
