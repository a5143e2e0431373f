import type { BackendInfo, Precision } from '@lungseg/backend';
import { axisCodes, type Vec3 } from '@lungseg/core';
import type { FlipAxis } from '@lungseg/inferers';
import type { FormatId, ReadResult } from '@lungseg/io';
import type { ModelDescription } from '@lungseg/models';
import type { Flag } from './flags.js';
import type { PreparedDetails } from './segment.js';
import type { Stage } from './stages.js';
import type { Summary } from './statistics.js';
import { appVersion } from './version.js';

/** What must stand beside every result. */
export const INTENDED_USE = 'Research use only. Not for clinical use.';

/** What was asked for and changes the mask, beside the model. */
export interface ReportOptions {
  readonly flips: readonly FlipAxis[];
  readonly batch: number;
  readonly assumeHu: boolean;
  readonly allowGaps: boolean;
  readonly series?: string;
  readonly window?: Vec3;
  /** In bytes. */
  readonly memory?: number;
}

/** What a report is made of. */
export interface ReportParts {
  readonly input: string;
  readonly output: string;
  readonly labels: LabelsChoice;
  readonly options: ReportOptions;
  readonly read: ReadResult;
  /** What segmented; of several models, all of them as one. */
  readonly model: ModelDescription;
  /** The models one by one. */
  readonly members: readonly ModelDescription[];
  readonly backend: BackendInfo;
  readonly precision: Precision;
  readonly details: PreparedDetails;
  readonly summary: Summary;
  /** When the run began. */
  readonly date: Date;
  readonly seconds: Partial<Record<Stage, number>>;
}

/** What the mask's numbers mean: `lung`: 1 lung; `left-right`: 1 right lung, 2 left lung. */
export type LabelsChoice = 'lung' | 'left-right';

/** The names of the mask's labels. */
export const LABEL_NAMES: Readonly<Record<LabelsChoice, Readonly<Record<string, string>>>> = {
  lung: { '1': 'lung' },
  'left-right': { '1': 'right lung', '2': 'left lung' },
};

/** A model, and the hash of its weights. */
export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  readonly weightsSha256: string;
}

/** The form of `--json`, which apps/infer/README.md explains field by field. */
export interface Report {
  /** Goes up where a field is renamed, goes away or changes its meaning, not where one is added. */
  readonly schemaVersion: 1;
  readonly intendedUse: string;
  /** When the run began, by ISO 8601, in UTC. */
  readonly date: string;
  readonly versions: { readonly lungseg: string; readonly node: string };
  readonly model: ModelIdentity;
  /** The models one by one, where there are several. */
  readonly ensemble?: readonly ModelIdentity[];
  readonly backend: Pick<BackendInfo, 'name' | 'device' | 'description'>;
  readonly precision: Precision;
  readonly options: Omit<ReportOptions, 'memory'> & { readonly memoryBytes?: number };
  readonly input: {
    readonly path: string;
    readonly format: FormatId;
    readonly size: Vec3;
    readonly spacingMm: Vec3;
    readonly orientation: string;
    readonly seriesInstanceUid?: string;
    readonly warnings: readonly string[];
  };
  readonly output: { readonly path: string; readonly labels: Readonly<Record<string, string>> };
  readonly inference: PreparedDetails;
  readonly statistics: Pick<Summary, 'right' | 'left' | 'total'>;
  readonly flags: readonly Flag[];
  readonly seconds: Partial<Record<Stage, number>>;
  readonly processorSeconds: number;
  readonly peakMemoryBytes: number;
}

/** The contents of `--json`: enough to know what was segmented, by what, how, and with which result. */
export function formatReport(parts: ReportParts): string {
  return `${JSON.stringify(reportOf(parts), null, 2)}\n`;
}

function reportOf(parts: ReportParts): Report {
  const { read, model, members, backend, details, summary } = parts;
  const { geometry } = read.volume;
  return {
    schemaVersion: 1,
    intendedUse: INTENDED_USE,
    date: parts.date.toISOString(),
    versions: { lungseg: appVersion(), node: process.versions.node },
    model: identityOf(model),
    ...(members.length > 1 ? { ensemble: members.map(identityOf) } : {}),
    backend: { name: backend.name, device: backend.device, description: backend.description },
    precision: parts.precision,
    options: optionsOf(parts.options),
    input: {
      path: parts.input,
      format: read.format,
      size: geometry.size,
      spacingMm: geometry.spacing,
      orientation: axisCodes(geometry),
      ...(read.dicom === undefined ? {} : { seriesInstanceUid: read.dicom.seriesInstanceUid }),
      warnings: read.warnings,
    },
    output: { path: parts.output, labels: LABEL_NAMES[parts.labels] },
    inference: details,
    statistics: {
      right: withFewDigits(summary.right),
      left: withFewDigits(summary.left),
      total: withFewDigits(summary.total),
    },
    flags: summary.flags,
    seconds: withFewDigits(parts.seconds),
    processorSeconds: rounded(processorSeconds()),
    peakMemoryBytes: peakMemoryBytes(),
  };
}

function identityOf({ name, version, weights }: ModelDescription): ModelIdentity {
  return { name, version, weightsSha256: weights.sha256 };
}

/** Those of the run's options that a report tells. */
function optionsOf({
  flips,
  batch,
  assumeHu,
  allowGaps,
  series,
  window,
  memory,
}: ReportOptions): Report['options'] {
  return {
    flips,
    batch,
    assumeHu,
    allowGaps,
    ...(series === undefined ? {} : { series }),
    ...(window === undefined ? {} : { window }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
  };
}

/** A ten-thousandth of a ml, HU, per cent or second says all that there is to say. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

function withFewDigits<T extends object>(values: T): T {
  const few = Object.entries(values).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'number' ? rounded(value) : value,
  ]);
  return Object.fromEntries(few) as T;
}

/** What this process has taken so far of all processors together, start-up included. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The most memory that this process has held so far. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
