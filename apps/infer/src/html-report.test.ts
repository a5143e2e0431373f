import { describe, expect, test } from '@jest/globals';
import { IDENTITY_DIRECTION } from '@lungseg/core';
import { formatHtmlReport } from './html-report.js';
import { html } from './html.js';
import type { ReportParts } from './report.js';
import { summarize } from './statistics.js';
import { gridAround, renderChest, type ChestOptions } from './testing/chest.js';

/** How each PNG begins. */
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function pageOf(options: ChestOptions = {}, input = 'ct.nii.gz', more: object = {}): string {
  const { image, leftRight } = renderChest(gridAround([84, 64, 50], [4, 4, 5], IDENTITY_DIRECTION), options);
  const lung = { ...leftRight, data: leftRight.data.map((label) => Math.min(label, 1)) };
  const parts = {
    input,
    output: 'mask.nii.gz',
    labels: 'lung',
    read: { volume: image, format: 'nifti', warnings: [] },
    model: { name: 'ahnet-small', version: '1.2.3', weights: { sha256: 'abc123' } },
    backend: { name: 'cpu', device: 'cpu', description: 'cpu (tfjs)' },
    precision: 'bfloat16',
    options: { flips: [], batch: 1, assumeHu: false, allowGaps: false },
    details: { gridSize: [1, 1, 1], gridSpacing: [1, 1, 1], window: [1, 1, 1], windows: 1 },
    date: new Date('2026-11-27T15:01:20Z'),
    summary: summarize(image, { lung, leftRight, cutMm2: { right: 0, left: 0 } }),
    seconds: { read: 1, network: 2.5 },
    ...more,
  } as unknown as ReportParts;
  // Between tags, space means nothing.
  return formatHtmlReport(parts, leftRight, PNG).replace(/\s*(<[^>]*>)\s*/g, '$1');
}

describe('formatHtmlReport', () => {
  test('says what it is for, the volumes, the model and its hash, and holds its picture', () => {
    const page = pageOf();
    expect(page).toContain('Research use only. Not for clinical use.');
    expect(page).toMatch(/<td>right lung<\/td><td>17\d\d<\/td><td>-800<\/td>/);
    expect(page).toContain('ahnet-small 1.2.3, SHA-256 of the weights abc123');
    expect(page).toContain('cpu (tfjs), bfloat16, 3.5 s');
    expect(page).toContain('src="data:image/png;base64,iVBOR');
    expect(page).toContain('Nothing unusual was noticed.');
    expect(page).toContain('<dd>1 window of 1 × 1 × 1 voxels, batch 1, no flips</dd>');
    expect(page).toContain('<dt>date</dt><dd>2026-11-27T15:01:20.000Z</dd>');
    // Needs nothing from elsewhere.
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
  });

  test('says which options changed the mask', () => {
    const options = { flips: ['x', 'y'], batch: 2, assumeHu: true, allowGaps: true, series: '1.2' };
    expect(pageOf({}, 'ct', { options })).toContain(
      'batch 2, flips along x, y, --series, --assume-hu, --allow-gaps</dd>',
    );
  });

  test('shows flags, and dashes where there is no lung', () => {
    const page = pageOf({ right: false, left: false });
    expect(page).toContain('No lung was found; the mask is empty.');
    expect(page).not.toMatch(/NaN|null|undefined/);
  });

  test('a file name is text, never markup', () => {
    const page = pageOf({}, '<script>alert(1)</script>.nii');
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;.nii');
  });
});

test('html escapes values, joins lists, and leaves out what is not there', () => {
  const list = ['a', 'b'].map((name) => html`<i>${name}</i>`);
  expect(html`<b title="${'"&'}">${list}${undefined}${false}${0}</b>`.text).toBe(
    '<b title="&quot;&amp;"><i>a</i><i>b</i>0</b>',
  );
});
