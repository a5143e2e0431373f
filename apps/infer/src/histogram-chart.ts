import { html, type Html } from './html.js';

/** One curve of a {@link histogramChart}. */
export interface HistogramCurve {
  readonly name: string;
  readonly colour: string;
  /** Counts by bin, lowest first. */
  readonly counts: readonly number[];
}

const WIDTH = 640;
const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 28;
const TICK_HU = 200;

/**
 * Histograms of HU as an SVG picture: curves of the share of each lung's voxels by bin.
 *
 * @param curves of equally many bins
 * @param low HU at the first bin's lower end
 * @param binWidth in HU
 */
export function histogramChart(curves: readonly HistogramCurve[], low: number, binWidth: number): Html {
  const bins = curves[0]?.counts.length ?? 0;
  const shares = curves.map(({ counts }) => {
    const total = counts.reduce((a, b) => a + b, 0);
    return counts.map((count) => (total === 0 ? 0 : (100 * count) / total));
  });
  const top = Math.max(1, ...shares.flat());
  const x = (bin: number): number => LEFT + (bin / bins) * (WIDTH - LEFT);
  const y = (percent: number): number => HEIGHT - BOTTOM - (percent / top) * (HEIGHT - BOTTOM - 10);
  const first = Math.ceil(low / TICK_HU) * TICK_HU;
  const ticks = Array.from(
    { length: Math.floor((low + bins * binWidth - first) / TICK_HU) + 1 },
    (_, n) => first + n * TICK_HU,
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Histogram of HU">
    <line x1="${LEFT}" y1="${y(0)}" x2="${WIDTH}" y2="${y(0)}" stroke="currentColor" />
    ${ticks.map((hu) => {
      const at = x((hu - low) / binWidth).toFixed(1);
      return html`<line x1="${at}" y1="${y(0)}" x2="${at}" y2="${y(0) + 4}" stroke="currentColor" />
        <text x="${at}" y="${HEIGHT - 8}" text-anchor="middle">${hu}</text>`;
    })}
    <text x="0" y="14">${top.toFixed(1)} %</text>
    ${curves.map(({ colour }, n) => {
      const points = shares[n]!.map((share, bin) => `${x(bin + 0.5).toFixed(1)},${y(share).toFixed(1)}`);
      return html`<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2" />`;
    })}
    ${curves.map(
      ({ name, colour }, n) =>
        html`<text x="${WIDTH - 4}" y="${16 + 18 * n}" text-anchor="end" fill="${colour}">${name}</text>`,
    )}
  </svg>`;
}
