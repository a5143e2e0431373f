// Charts of several runs over their steps.
import uPlot from '/uplot.js';

/** Colours that most colour-blind people tell apart (Okabe and Ito), on a light and on a dark ground. */
const COLOURS = {
  light: ['#0072b2', '#d55e00', '#007a58', '#a3478a', '#6b5b00', '#444444'],
  dark: ['#56b4e9', '#e69f00', '#2fc79a', '#e49ac4', '#f0e442', '#cccccc'],
};
const HEIGHT = 220;

const dark = matchMedia('(prefers-color-scheme: dark)');

/** One figure with a line for each run. */
export class Chart {
  /** @type {uPlot | undefined} */
  #plot;
  /** @type {{ name: string, x: number[], y: (number | null)[] }[]} */
  #series = [];

  /**
   * @param {HTMLElement} element
   * @param {{ digits: number, points?: boolean, range?: [number, number] }} options
   */
  constructor(element, options) {
    this.element = element;
    this.options = options;
    new ResizeObserver(() => this.#plot?.setSize({ width: element.clientWidth, height: HEIGHT })).observe(
      element,
    );
    dark.addEventListener('change', () => this.#rebuild());
  }

  /** @param {{ name: string, x: number[], y: (number | null)[] }[]} series one for each run */
  show(series) {
    const isSame = series.map((s) => s.name).join('\n') === this.#series.map((s) => s.name).join('\n');
    this.#series = series;
    if (isSame && this.#plot) this.#plot.setData(this.#data());
    else this.#rebuild();
  }

  #data() {
    if (this.#series.length === 0) return [[]];
    return uPlot.join(this.#series.map(({ x, y }) => [x, y]));
  }

  #rebuild() {
    this.#plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const text = style.getPropertyValue('--quiet').trim();
    const line = style.getPropertyValue('--line').trim();
    const colours = dark.matches ? COLOURS.dark : COLOURS.light;
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const { digits, points = false, range } = this.options;
    const format = (value) =>
      value === null || value === undefined ? '–' : Number(value).toPrecision(digits);
    this.#plot = new uPlot(
      {
        width: this.element.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false }, ...(range ? { y: { range } } : {}) },
        axes: [
          axis,
          { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => String(+tick.toPrecision(6))) },
        ],
        series: [
          { label: 'step' },
          ...this.#series.map(({ name }, n) => ({
            label: name,
            stroke: colours[n % colours.length],
            width: 2,
            spanGaps: true,
            points: { show: points, size: 7 },
            value: (_, value) => format(value),
          })),
        ],
      },
      this.#data(),
      this.element,
    );
  }
}
