// Follows the runs of a training server by server-sent events.
import { Chart } from '/charts.js';

/** How much of a smoothed value stays at each step. */
const SMOOTHING = 0.9;

const element = (id) => document.getElementById(id);
const charts = {
  loss: new Chart(element('loss'), { digits: 4 }),
  dice: new Chart(element('dice'), { digits: 4, points: true, range: [0, 1] }),
  rate: new Chart(element('rate'), { digits: 3 }),
  speed: new Chart(element('speed'), { digits: 3 }),
};

/** Runs by name: what has come of them so far. */
const runs = new Map();
let chosen = new Set();
let first = '';
let source;

const emptyRun = (name) => ({ name, steps: [], validations: [], log: [], ended: undefined });

function smoothed(values) {
  let mean;
  return values.map(
    (value) => (mean = mean === undefined ? value : SMOOTHING * mean + (1 - SMOOTHING) * value),
  );
}

const shown = () => [...chosen].map((name) => runs.get(name)).filter(Boolean);

function draw() {
  const lines = (pick) => shown().map((run) => ({ name: run.name, ...pick(run) }));
  const steps = (run) => run.steps.map((row) => row[0]);
  charts.loss.show(lines((run) => ({ x: steps(run), y: smoothed(run.steps.map((row) => row[1])) })));
  charts.rate.show(lines((run) => ({ x: steps(run), y: run.steps.map((row) => row[2]) })));
  charts.speed.show(lines((run) => ({ x: steps(run), y: smoothed(run.steps.map((row) => row[3])) })));
  charts.dice.show(
    lines((run) => ({ x: run.validations.map((row) => row[0]), y: run.validations.map((row) => row[1]) })),
  );
  for (const run of runs.values()) fillRow(run);
  element('log').textContent = runs.get(first)?.log.join('\n') ?? '';
  // Charts are pictures to a screen reader: this says the same in words.
  for (const [id, title] of [
    ['loss', 'Training loss'],
    ['dice', 'Validation Dice'],
    ['rate', 'Learning rate'],
    ['speed', 'Samples per second'],
  ]) {
    element(id).setAttribute('role', 'img');
    element(id).setAttribute(
      'aria-label',
      `${title} of ${[...chosen].join(', ') || 'no run'}. The table of runs has the last values.`,
    );
  }
}

function fillRow(run) {
  const row = document.querySelector(`tr[data-run="${CSS.escape(run.name)}"]`);
  if (row === null) return;
  const step = run.steps.at(-1);
  const dice = run.validations.map((v) => v[1]).filter((value) => value !== null);
  const texts = [
    step?.[0],
    smoothed(run.steps.slice(-50).map((r) => r[1]))
      .at(-1)
      ?.toFixed(4),
    dice.at(-1)?.toFixed(4),
    dice.length > 0 ? Math.max(...dice).toFixed(4) : undefined,
    step?.[2].toPrecision(3),
    step?.[3].toFixed(2),
    run.ended === undefined ? 'under way or stopped' : run.ended === 'all-steps' ? 'done' : 'stopped early',
  ];
  texts.forEach(
    (text, n) => (row.cells[n + 1].textContent = chosen.has(run.name) ? String(text ?? '–') : '–'),
  );
}

function listRuns(names) {
  const body = element('runs');
  body.replaceChildren(
    ...names.map((name) => {
      const row = document.createElement('tr');
      row.dataset.run = name;
      const head = document.createElement('td');
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.checked = chosen.has(name);
      box.addEventListener('change', () => {
        if (box.checked) chosen.add(name);
        else chosen.delete(name);
        follow();
      });
      label.append(box, ` ${name}`);
      head.append(label);
      row.append(head, ...Array.from({ length: 7 }, () => document.createElement('td')));
      return row;
    }),
  );
}

/** Opens the stream of the chosen runs; what had come of them comes again. */
function follow() {
  source?.close();
  for (const name of chosen) runs.set(name, emptyRun(name));
  draw();
  if (chosen.size === 0) return;
  source = new EventSource(`/api/stream?${new URLSearchParams([...chosen].map((name) => ['run', name]))}`);
  source.onopen = () => (element('status').textContent = `Following ${[...chosen].join(', ')}`);
  source.onerror = () =>
    (element('status').textContent =
      'The training has ended, or its server can’t be reached. What came is shown.');
  source.onmessage = ({ data }) => {
    const update = JSON.parse(data);
    const run = update.isReset ? emptyRun(update.run) : (runs.get(update.run) ?? emptyRun(update.run));
    runs.set(update.run, {
      ...run,
      steps: run.steps.concat(update.steps),
      validations: run.validations.concat(update.validations),
      // The log is not rewound with the metrics.
      log: (runs.get(update.run)?.log ?? []).concat(update.log),
      ended: update.ended ?? (update.steps.length > 0 ? undefined : run.ended),
    });
    draw();
    if (update.validations.length > 0) refresh();
  };
}

/** Pictures of the first run's validation cases. */
function listPictures(pictures) {
  const select = element('case-select');
  element('case').hidden = pictures.length === 0;
  const names = pictures.map(({ file }) => file);
  if (names.join('\n') !== [...select.options].map((option) => option.value).join('\n')) {
    select.replaceChildren(...names.map((file) => new Option(file.replace(/\.png$/, ''), file)));
  }
  const picture = pictures.find(({ file }) => file === select.value) ?? pictures[0];
  if (picture === undefined) return;
  const image = element('case-picture');
  image.src = `/api/runs/${encodeURIComponent(first)}/pictures/${encodeURIComponent(picture.file)}?made=${picture.madeMs}`;
  image.alt = `Axial and coronal slices of ${picture.file.replace(/\.png$/, '')} in run ${first}, with the outlines of the reference and of the prediction`;
}

async function refresh() {
  const { current, runs: listed } = await fetch('/api/runs').then((answer) => answer.json());
  const names = listed.map(({ name }) => name);
  if (first === '' && names.length > 0) {
    first = names.includes(current) ? current : names[0];
    chosen = new Set([first]);
    listRuns(names);
    follow();
    const config = await fetch(`/api/runs/${encodeURIComponent(first)}/config`);
    if (config.ok) element('config').textContent = JSON.stringify(await config.json(), null, 2);
  } else if (
    names.slice().sort().join('\n') !==
    [...document.querySelectorAll('#runs tr')]
      .map((row) => row.dataset.run)
      .sort()
      .join('\n')
  ) {
    listRuns(names);
    draw();
  }
  listPictures(listed.find(({ name }) => name === first)?.pictures ?? []);
}

element('case-select').addEventListener('change', refresh);
const tick = () => refresh().catch(() => undefined);
tick();
setInterval(tick, 3000);
