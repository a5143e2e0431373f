import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { createRequire } from 'node:module';
import type { BackendInfo, Precision } from '@lungseg/backend';
import { filesReadFrom } from '@lungseg/io';
import type { TrainConfig } from '../config.js';
import type { CaseFiles } from '../case-entries.js';

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

/** What run.json says: enough to know whether two runs can be compared, and to make one again. */
export async function makeManifest(
  config: TrainConfig,
  environment: Environment,
  cases: { readonly training: readonly CaseFiles[]; readonly validation: readonly CaseFiles[] },
): Promise<object> {
  const hashed = async (list: readonly CaseFiles[]): Promise<object[]> => {
    const entries: object[] = [];
    for (const { name, image, label } of list) {
      entries.push({ name, image: await sha256OfPath(image), label: await sha256OfPath(label) });
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
    config,
  };
}

/** SHA-256 of the files that a path is read from, one after the other: of most images there is one. */
async function sha256OfPath(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesReadFrom(path)) {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
