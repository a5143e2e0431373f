import type { BackendInfo, Precision } from '@lungseg/backend';
import { axisCodes } from '@lungseg/core';
import type { ReadResult } from '@lungseg/io';
import type { ModelDescription } from '@lungseg/models';
import type { PreparedDetails } from './segment.js';
import type { Stage } from './stages.js';
import type { Summary } from './statistics.js';
import { appVersion } from './version.js';

/** What must stand beside every result. */
export const INTENDED_USE = 'Research use only. Not for clinical use.';

/** What a report is made of. */
export interface ReportParts {
  readonly input: string;
  readonly output: string;
  readonly labels: LabelsChoice;
  readonly read: ReadResult;
  /** What segmented; of several models, all of them as one. */
  readonly model: ModelDescription;
  /** The models one by one. */
  readonly members: readonly ModelDescription[];
  readonly backend: BackendInfo;
  readonly precision: Precision;
  readonly details: PreparedDetails;
  readonly summary: Summary;
  readonly seconds: Partial<Record<Stage, number>>;
}

/** What the mask's numbers mean: `lung`: 1 lung; `left-right`: 1 right lung, 2 left lung. */
export type LabelsChoice = 'lung' | 'left-right';

/** The names of the mask's labels. */
export const LABEL_NAMES: Readonly<Record<LabelsChoice, Readonly<Record<string, string>>>> = {
  lung: { '1': 'lung' },
  'left-right': { '1': 'right lung', '2': 'left lung' },
};

/** The contents of `--json`: enough to know what was segmented, by what, how, and with which result. */
export function formatReport(parts: ReportParts): string {
  const { read, model, members, backend, details, summary } = parts;
  const identity = ({ name, version, weights }: ModelDescription): object => ({
    name,
    version,
    weightsSha256: weights.sha256,
  });
  const { geometry } = read.volume;
  const report = {
    intendedUse: INTENDED_USE,
    versions: { lungseg: appVersion(), node: process.versions.node },
    model: identity(model),
    ...(members.length > 1 ? { ensemble: members.map(identity) } : {}),
    backend: { name: backend.name, device: backend.device, description: backend.description },
    precision: parts.precision,
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
    statistics: { right: summary.right, left: summary.left, total: summary.total },
    flags: summary.flags,
    seconds: parts.seconds,
    processorSeconds: processorSeconds(),
    peakMemoryBytes: peakMemoryBytes(),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
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
