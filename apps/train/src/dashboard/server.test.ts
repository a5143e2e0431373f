import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunUpdate } from './run-updates.js';
import { createDashboard } from './server.js';

let folder: string;
let server: Server;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lungseg-dashboard-'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  mkdirSync(join(folder, 'runs', 'a b', 'validation'), { recursive: true });
  const run = join(folder, 'runs', 'a b');
  writeFileSync(join(run, 'config.json'), '{"name":"a"}');
  writeFileSync(join(run, 'validation', 'case.png'), 'png');
  writeFileSync(join(run, 'metrics.jsonl'), stepLine(1, 0.9));
  mkdirSync(join(folder, 'runs', 'no-run'));
  server = createDashboard({ runsFolder: join(folder, 'runs'), currentRun: 'a b', host: '127.0.0.1' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function stepLine(step: number, loss: number): string {
  return `${JSON.stringify({ type: 'step', step, loss, learningRate: 0.1, samples: 2, durationMs: 500 })}\n`;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The path goes out as it is, which fetch would tidy up. */
function get(path: string, options: { host?: string; method?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { Host: options.host ?? `localhost:${port}` };
    const asked = request({ port, path, headers, method: options.method ?? 'GET' }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

describe('the dashboard', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', 'Research use only'],
    ['/dashboard.js', 'text/javascript; charset=utf-8', 'EventSource'],
    ['/charts.js', 'text/javascript; charset=utf-8', 'uPlot'],
    ['/dashboard.css', 'text/css; charset=utf-8', 'prefers-color-scheme: dark'],
    ['/uplot.js', 'text/javascript; charset=utf-8', 'uPlot'],
    ['/uplot.css', 'text/css; charset=utf-8', '.uplot'],
  ])(
    'serves %s from this machine, under a policy that loads nothing from elsewhere',
    async (path, type, part) => {
      const { status, headers, text } = await get(path);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': type,
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self'; style-src 'self';/,
        ),
        'x-content-type-options': 'nosniff',
      });
      expect(text).toContain(part);
      expect(text).not.toMatch(/(src|href)="https?:/);
    },
  );

  test('lists runs, their configs and pictures', async () => {
    const { current, runs } = JSON.parse((await get('/api/runs')).text) as {
      current: string;
      runs: { name: string; pictures: { file: string }[] }[];
    };
    expect(current).toBe('a b');
    expect(runs.map(({ name, pictures }) => [name, pictures.map(({ file }) => file)])).toEqual([
      ['a b', ['case.png']],
    ]);
    expect((await get('/api/runs/a%20b/config')).text).toBe('{"name":"a"}');
    expect(await get('/api/runs/a%20b/pictures/case.png?made=1')).toMatchObject({ status: 200, text: 'png' });
  });

  test.each([
    '/secret.txt',
    '/../secret.txt',
    '/api/runs/..%2F..%2F/config',
    '/api/runs/../config',
    '/api/runs/a%20b/pictures/..%2Fconfig.json',
    '/api/runs/a%20b/pictures/..%2F..%2F..%2Fsecret.txt',
    '/api/runs/a%20b/metrics',
    '/api/runs/no-run/config',
    '/api/runs/%E0%A4%A/config',
    '/api/runs/a%20b%00/config',
  ])('has nothing at %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, text: 'There is nothing here.' });
  });

  test('answers no other site that calls it by a name of its own, and takes GET alone', async () => {
    expect((await get('/', { host: 'evil.example:8080' })).status).toBe(403);
    expect((await get('/api/runs', { host: `127.0.0.1:${port}` })).status).toBe(200);
    expect((await get('/api/runs', { method: 'POST' })).status).toBe(405);
  });

  test('streams what runs write, whole lines alone, and begins anew when a run was rewound', async () => {
    const run = join(folder, 'runs', 'a b');
    const updates = follow('a b');
    expect(await updates.next()).toMatchObject({ run: 'a b', isReset: true, steps: [[1, 0.9, 0.1, 4]] });
    appendFileSync(join(run, 'metrics.jsonl'), `${stepLine(2, 0.8)}{"type":"st`);
    expect(await updates.next()).toMatchObject({ isReset: false, steps: [[2, 0.8, 0.1, 4]] });
    writeFileSync(join(run, 'metrics.jsonl'), stepLine(1, 0.9));
    expect(await updates.next()).toMatchObject({ isReset: true, steps: [[1, 0.9, 0.1, 4]] });
    writeFileSync(join(run, 'log.txt'), 'a line\n');
    expect(await updates.next()).toMatchObject({ steps: [], log: ['a line'] });
    updates.close();
  });

  test('does not follow links out of the folder of runs by their pictures', async () => {
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'runs', 'a b', 'validation', 'link.png'));
    expect((await get('/api/runs/a%20b/pictures/link.png')).status).toBe(404);
  });
});

function follow(run: string): { next: () => Promise<RunUpdate>; close: () => void } {
  const got: RunUpdate[] = [];
  let wake: (() => void) | undefined;
  const asked = request({
    port,
    path: `/api/stream?run=${encodeURIComponent(run)}`,
    headers: { Host: 'localhost' },
  });
  asked.on('response', (response) => {
    let rest = '';
    response.on('data', (chunk) => {
      const parts = `${rest}${String(chunk)}`.split('\n\n');
      rest = parts.pop()!;
      for (const part of parts) {
        if (part.startsWith('data: ')) got.push(JSON.parse(part.slice('data: '.length)) as RunUpdate);
      }
      wake?.();
    });
  });
  asked.on('error', () => undefined).end();
  return {
    next: async () => {
      while (got.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return got.shift()!;
    },
    close: () => asked.destroy(),
  };
}
