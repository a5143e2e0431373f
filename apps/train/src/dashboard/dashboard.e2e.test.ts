import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { environment, ROOT, runApp } from '../testing/serve.js';
import { writeTinyData } from '../testing/tiny-data.js';

/** Debian's Chromium, or the one that LUNGSEG_CHROMIUM names. */
const CHROMIUM = process.env['LUNGSEG_CHROMIUM'] ?? '/usr/bin/chromium';
const inBrowser = existsSync(CHROMIUM) ? describe : describe.skip;

inBrowser(`the dashboard in a browser (needs Chromium: apt-get install chromium)`, () => {
  let folder: string;
  let child: ChildProcess;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lungseg-page-'));
    const config = await writeTinyData(folder);
    const run = (name: string): string[] => [
      `--config=${config}`,
      `--set=output=${join(folder, 'runs', name)}`,
    ];
    expect(runApp('dist/main.js', '--no-dashboard', ...run('earlier'))).toMatchObject({ status: 0 });
    const long = ['--set=epochs=5000', '--set=validateEveryEpochs=1', '--port=0'];
    child = spawn(process.execPath, ['apps/train/dist/main.js', ...run('now'), ...long], {
      cwd: ROOT,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    url = await new Promise((resolve) => {
      let text = '';
      child.stdout!.on('data', (chunk) => {
        text += String(chunk);
        const found = /Dashboard: (http:\S+)/.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    child?.kill('SIGKILL');
    await new Promise((resolve) =>
      child?.exitCode === null ? child.on('close', resolve) : resolve(undefined),
    );
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; problems: string[]; asked: string[] }> {
    const page = await browser.newPage({ colorScheme });
    const problems: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    return { page, problems, asked };
  }
  const step = (page: Page, run: string): Promise<number> =>
    page.locator(`tr[data-run="${run}"] td`).nth(1).textContent().then(Number);

  test('follows the run as it goes, without an error and without asking another host', async () => {
    const { page, problems, asked } = await open('light');
    await page.waitForFunction(() =>
      /[1-9]/.test(document.querySelector('tr[data-run="now"]')?.children[1]?.textContent ?? ''),
    );
    const before = await step(page, 'now');
    await page.waitForFunction(
      (n) => Number(document.querySelector('tr[data-run="now"]')?.children[1]?.textContent) > n,
      before,
    );
    expect(await page.locator('.research').textContent()).toBe('Research use only');
    expect(await page.locator('canvas').count()).toBe(4);
    await page.waitForSelector('#case-picture[alt*="three in run now"]');
    expect(
      await page.evaluate(() => document.querySelector<HTMLImageElement>('#case-picture')!.naturalWidth),
    ).toBeGreaterThan(64);
    await page.locator('summary', { hasText: 'Config' }).click();
    expect(await page.locator('#config').textContent()).toContain('"learningRate": 0.001');
    expect(problems).toEqual([]);
    expect(asked.filter((address) => !address.startsWith(url))).toEqual([]);
    await page.close();
  });

  test('compares runs: an earlier one is drawn beside when it is chosen, by keyboard alone', async () => {
    const { page, problems } = await open('dark');
    const box = page.locator('tr[data-run="earlier"] input');
    await box.focus();
    await page.keyboard.press('Space');
    await page.waitForFunction(
      () => document.querySelector('tr[data-run="earlier"]')?.children[7]?.textContent === 'done',
    );
    expect(await step(page, 'earlier')).toBe(6);
    const legends = await page.locator('#loss .u-legend .u-label').allTextContents();
    expect(legends.sort()).toEqual(['earlier', 'now', 'step']);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('has a dark and a light ground, and text that can be told from it', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open(scheme);
      const [text, ground] = await page.evaluate(() => {
        const style = getComputedStyle(document.documentElement);
        return [style.color, style.backgroundColor].map((colour) => colour.match(/\d+/g)!.map(Number));
      });
      const ratio = contrast(text!, ground!);
      expect(ratio).toBeGreaterThan(7);
      expect(luminance(ground!) > 0.5).toBe(scheme === 'light');
      await page.close();
    }
  });
});

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: readonly number[]): number {
  const [r, g, b] = colour.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}
