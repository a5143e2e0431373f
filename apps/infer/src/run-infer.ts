import { writeFile } from 'node:fs/promises';
import { choosePrecision, selectBackend, type BackendInfo, type Precision } from '@lungseg/backend';
import { axisCodes, type Volume } from '@lungseg/core';
import {
  LUNG_SEGMENTS,
  segmentationSource,
  writeVolume,
  type ReadResult,
  type SegmentationDetails,
} from '@lungseg/io';
import { encodePng, slicePicture } from '@lungseg/visualize';
import pc from 'picocolors';
import { isSegmentation, type InferArguments } from './arguments.js';
import { checkExtent } from './check-extent.js';
import { checkOutputs } from './check-outputs.js';
import { loadEnsemble, type Ensemble } from './ensemble.js';
import { formatSpacing } from './format-spacing.js';
import { formatHtmlReport } from './html-report.js';
import { Outputs } from './outputs.js';
import { readInThread, type TimedRead } from './read-in-thread.js';
import { refuseSeriesOf } from './refused-options.js';
import { formatReport, INTENDED_USE, peakMemoryBytes, type ReportParts } from './report.js';
import { segment, type PreparedDetails, type Segmentation } from './segment.js';
import { StageClock, type Stage } from './stages.js';
import { summarize, type Summary } from './statistics.js';
import { formatFlags, formatSummary } from './summary-table.js';
import { type Terminal } from './terminal.js';
import { appVersion } from './version.js';

/**
 * Does what `infer:run` is asked: reads, segments, and puts all files in place at once, or none.
 *
 * @param options the command line
 * @param terminal where to say what happens
 * @param signal stops it; nothing is then written
 * @throws ReadError and its siblings for input that can't be used; WriteError, before any work, where an output can't be written
 */
export async function runInfer(
  options: InferArguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const date = new Date();
  const { input, output, json, preview, report } = options;
  await checkOutputs([output, json, preview, report], [input]);
  let note = '';
  const clock = new StageClock((stage, seconds) => {
    terminal.line(stageLine(stage, seconds, note));
    note = '';
  });
  // The image is read while TensorFlow and the weights are loaded, which takes as long.
  const [{ result: read, seconds }, { backend, precision, ensemble }] = await Promise.all([
    readInput(options, signal),
    loadNetworks(options),
  ]);
  note = describeInput(read);
  clock.record('read', seconds);
  for (const warning of read.warnings) terminal.line(pc.yellow(`! ${warning}`));
  const { model, members, predict } = ensemble;
  for (const { name, version } of members)
    terminal.line(`${'model'.padEnd(13)} ${name} ${version}, ${backend.description}, ${precision}`);
  for (const reason of backend.passedOver) terminal.line(pc.yellow(`! passed over ${reason}`));

  const { batch, flips, window, memory } = options;
  const segmentation = await segment(read.volume, model, {
    clock,
    signal,
    batch,
    flips,
    predict,
    ...(window === undefined ? {} : { window }),
    ...(memory === undefined ? {} : { memory }),
    onPrepared: (details) => terminal.line(`${' '.repeat(21)} ${describePlan(details)}`),
    onProgress: (done, total) => terminal.progress(done, total),
  });
  ensemble.dispose();
  const summary = summarize(read.volume, segmentation);
  await writeAll({
    options,
    read,
    backend,
    precision,
    model: model.description,
    members,
    segmentation,
    summary,
    date,
    clock,
    signal,
  });
  sayResult(terminal, options, read.volume, summary);
}

async function readInput(options: InferArguments, signal: AbortSignal): Promise<TimedRead> {
  const { series, input, allowGaps, assumeHu, output } = options;
  const choice = series === undefined ? {} : { series };
  const read = await readInThread({ input, options: { allowGaps, assumeHu, ...choice } }, signal);
  refuseSeriesOf(read.result.format, options);
  checkExtent(input, read.result.volume.geometry);
  // Before the long work, where the input can't have the output that is asked for.
  if (isSegmentation(output)) segmentationSource(read.result);
  return read;
}

async function loadNetworks(options: InferArguments): Promise<{
  readonly backend: BackendInfo;
  readonly precision: Precision;
  readonly ensemble: Ensemble;
}> {
  const backend = await selectBackend(options.backend);
  const precision = await choosePrecision(options.precision, backend);
  return { backend, precision, ensemble: await loadEnsemble(options.models, precision) };
}

interface Results {
  readonly options: InferArguments;
  readonly read: ReadResult;
  readonly backend: BackendInfo;
  readonly precision: Precision;
  readonly model: ReportParts['model'];
  readonly members: ReportParts['members'];
  readonly segmentation: Segmentation;
  readonly summary: Summary;
  readonly date: Date;
  readonly clock: StageClock;
  readonly signal: AbortSignal;
}

async function writeAll(results: Results): Promise<void> {
  const { options, read, segmentation, clock, signal } = results;
  const { output, json, preview, report, labels, input } = options;
  const { lung, leftRight, cutMm2: _, ...details } = segmentation;
  const outputs = new Outputs();
  let picture: Uint8Array = new Uint8Array();
  try {
    await clock.measure('write', async () => {
      const mask = labels === 'lung' ? lung : leftRight;
      const segmentation = isSegmentation(output) ? { segmentation: segmentationDetails(results) } : {};
      await writeVolume(await outputs.aside(output), mask, { signal, ...segmentation });
      if (preview === undefined && report === undefined) return;
      picture = await encodePng(slicePicture(read.volume, { labels: leftRight }));
      if (preview !== undefined) await writeFile(await outputs.aside(preview), picture, { flush: true });
    });
    const parts = { ...results, input, output, labels, details, seconds: clock.seconds };
    if (json !== undefined) {
      await writeFile(await outputs.aside(json), formatReport(parts), { flush: true });
    }
    if (report !== undefined) {
      const page = formatHtmlReport(parts, leftRight, picture);
      await writeFile(await outputs.aside(report), page, { flush: true });
    }
    signal.throwIfAborted();
    await outputs.commit();
  } finally {
    await outputs.discard();
  }
}

function segmentationDetails({ read, model, options }: Results): SegmentationDetails {
  return {
    source: segmentationSource(read),
    segments: LUNG_SEGMENTS[options.labels],
    algorithm: {
      name: model.name,
      version: model.version,
      weightsSha256: model.weights.sha256,
      softwareVersion: appVersion(),
    },
  };
}

function sayResult(terminal: Terminal, options: InferArguments, image: Volume, summary: Summary): void {
  terminal.line('');
  terminal.line(formatSummary(summary, image.geometry.size[2]));
  for (const line of formatFlags(summary.flags)) terminal.remark(pc.yellow(line));
  const { output, json, preview, report } = options;
  for (const [name, file] of Object.entries({ mask: output, statistics: json, preview, report })) {
    if (file !== undefined) terminal.line(`${name.padEnd(13)} ${file}`);
  }
  terminal.line(`${'peak memory'.padEnd(13)} ${(peakMemoryBytes() / 1e9).toFixed(2)} GB`);
  terminal.line(pc.bold(INTENDED_USE));
}

function stageLine(stage: Stage, seconds: number, note: string): string {
  return `${stage.padEnd(13)} ${seconds.toFixed(2).padStart(6)} s ${note}`.trimEnd();
}

function describeInput({ volume, format }: ReadResult): string {
  const { size, spacing } = volume.geometry;
  return `${format}, ${size.join(' x ')} voxels of ${formatSpacing(spacing)}, ${axisCodes(volume.geometry)}`;
}

function describePlan(details: PreparedDetails): string {
  const { gridSize, gridSpacing, window, windows, bufferBytes, networkBytes } = details;
  const [buffers, network] = [bufferBytes, networkBytes].map((bytes) => Math.ceil(bytes / 1e6));
  return (
    `${gridSize.join(' x ')} voxels of ${formatSpacing(gridSpacing)} for the network, ${windows} window${windows === 1 ? '' : 's'} of ${window.join(' x ')}; ` +
    `buffers ${buffers} MB, feature maps at most ${network} MB`
  );
}
