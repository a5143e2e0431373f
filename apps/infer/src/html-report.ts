import { axisCodes, type Volume } from '@lungseg/core';
import { intensityHistogram } from '@lungseg/metrics';
import { formatSpacing } from './format-spacing.js';
import { histogramChart } from './histogram-chart.js';
import { html, Html } from './html.js';
import { INTENDED_USE, type ReportParts } from './report.js';
import type { LungStatistics } from './statistics.js';
import { appVersion } from './version.js';

/** Colours of the preview's outlines, dark enough for text on white. */
const COLOURS = { right: '#b36200', left: '#0072b2' } as const;
const BINS = { low: -1024, high: 200, binWidth: 16 } as const;

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; } h2 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
.use { font-weight: 600; } .flag { border-left: .3rem solid #b00020; padding: .15rem .6rem; margin: .3rem 0; }
.ok { border-left: .3rem solid #2e7d32; padding: .15rem .6rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #ccc; }
th:first-child, td:first-child { text-align: left; white-space: nowrap; } img { width: 100%; height: auto; background: #000; } svg { max-width: 40rem; font-size: 12px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; } dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } img { max-height: 40vh; object-fit: contain; } }
`;

/**
 * The report of a segmentation as one page of HTML that needs nothing else: flags, volumes and HU, their histogram, the
 * preview, and where it all comes from. It prints on one sheet.
 *
 * @param parts what the JSON report is made of
 * @param leftRight 1 right lung, 2 left lung, on the image's grid
 * @param preview a PNG file
 */
export function formatHtmlReport(parts: ReportParts, leftRight: Volume, preview: Uint8Array): string {
  const { summary, read } = parts;
  const image = read.volume;
  const picture = `data:image/png;base64,${Buffer.from(preview).toString('base64')}`;
  const curves = (['right', 'left'] as const).map((side, n) => ({
    name: `${side} lung`,
    colour: COLOURS[side],
    counts: intensityHistogram(image, leftRight, n + 1, BINS),
  }));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Lung segmentation: ${parts.input}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <h1>Lung segmentation</h1>
        <p class="use">${INTENDED_USE}</p>
        ${flagList(parts)}
        <h2>Lungs</h2>
        ${table([summary.right, summary.left, summary.total], image.geometry.size[2])}
        <h2>Attenuation in HU, share of voxels</h2>
        ${histogramChart(curves, BINS.low, BINS.binWidth)}
        <h2>Preview</h2>
        <p>
          The patient's right is on the left of the pictures; right lung orange, left lung blue; window -1350
          to 150 HU.
        </p>
        <img src="${picture}" alt="Axial and coronal slices with the outlines of both lungs" />
        <h2>Origin</h2>
        ${origin(parts)}
      </body>
    </html> `;
  return page.text;
}

function flagList({ summary, read }: ReportParts): Html[] {
  const messages = [...summary.flags.map(({ message }) => message), ...read.warnings];
  if (messages.length === 0) return [html`<p class="ok">Nothing unusual was noticed.</p>`];
  return messages.map((message) => html`<p class="flag">${message}</p>`);
}

function table(rows: readonly LungStatistics[], slices: number): Html {
  const number = (value: number | null, digits = 0): string => (value === null ? '–' : value.toFixed(digits));
  return html`<table>
    <thead>
      <tr>
        <th></th>
        <th>volume, ml</th>
        <th>mean HU</th>
        <th>5 %</th>
        <th>15 %</th>
        <th>median</th>
        <th>95 %</th>
        <th>below −950 HU</th>
        <th>−700 to −300 HU</th>
        <th>slices of ${slices}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <td>${row.name}</td>
            <td>${number(row.volumeMl)}</td>
            <td>${number(row.meanHu)}</td>
            <td>${number(row.p5)}</td>
            <td>${number(row.p15)}</td>
            <td>${number(row.p50)}</td>
            <td>${number(row.p95)}</td>
            <td>${number(row.percentBelowMinus950Hu, 1)} %</td>
            <td>${number(row.percentMinus700ToMinus300Hu, 1)} %</td>
            <td>${row.slices === null ? '–' : `${row.slices.first + 1}–${row.slices.last + 1}`}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function origin(parts: ReportParts): Html {
  const { input, output, read, model, backend, precision, date, seconds } = parts;
  const { geometry } = read.volume;
  const total = Object.values(seconds).reduce((sum, n) => sum + n, 0);
  const rows: readonly (readonly [string, string])[] = [
    [
      'image',
      `${input} (${read.format}, ${geometry.size.join(' × ')} voxels of ${formatSpacing(geometry.spacing, '×')}, ${axisCodes(geometry)})`,
    ],
    ...(read.dicom === undefined ? [] : [['series', read.dicom.seriesInstanceUid] as const]),
    ['mask', output],
    ['model', `${model.name} ${model.version}, SHA-256 of the weights ${model.weights.sha256}`],
    ['computed by', `lungseg ${appVersion()}, ${backend.description}, ${precision}, ${total.toFixed(1)} s`],
    ['options', describeOptions(parts)],
    ['date', date.toISOString()],
  ];
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** What was asked for and changes the mask, by the names of the command line. */
function describeOptions({ options, details }: ReportParts): string {
  const { flips, batch, assumeHu, allowGaps, series } = options;
  return [
    `${details.windows} window${details.windows === 1 ? '' : 's'} of ${details.window.join(' × ')} voxels`,
    `batch ${batch}`,
    flips.length === 0 ? 'no flips' : `flips along ${flips.join(', ')}`,
    ...(series === undefined ? [] : ['--series']),
    ...(assumeHu ? ['--assume-hu'] : []),
    ...(allowGaps ? ['--allow-gaps'] : []),
  ].join(', ');
}
