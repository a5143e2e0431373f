import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isLoopback, mayAnswer } from './hosts.js';
import { RunStore } from './run-store.js';
import { RunUpdates } from './run-updates.js';

const require = createRequire(import.meta.url);
const page = (name: string): string => fileURLToPath(new URL(`../../page/${name}`, import.meta.url));

/** All files that are served as they are, by their path; nothing else of the disk is. */
const ASSETS: ReadonlyMap<string, { readonly path: string; readonly type: string }> = new Map([
  ['/', { path: page('index.html'), type: 'text/html; charset=utf-8' }],
  ['/icon.svg', { path: page('icon.svg'), type: 'image/svg+xml' }],
  ['/dashboard.css', { path: page('dashboard.css'), type: 'text/css; charset=utf-8' }],
  ['/dashboard.js', { path: page('dashboard.js'), type: 'text/javascript; charset=utf-8' }],
  ['/charts.js', { path: page('charts.js'), type: 'text/javascript; charset=utf-8' }],
  ['/uplot.js', { path: require.resolve('uplot/dist/uPlot.esm.js'), type: 'text/javascript; charset=utf-8' }],
  ['/uplot.css', { path: require.resolve('uplot/dist/uPlot.min.css'), type: 'text/css; charset=utf-8' }],
]);

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** Between two looks at the runs' files. */
const POLL_MS = 500;
/** Pages that may follow at once. */
const MOST_STREAMS = 16;

/** What a dashboard shows, and to whom. */
export interface DashboardOptions {
  /** Whose folders are the runs. */
  readonly runsFolder: string;
  /** The run that the page shows first; the one that changed last where it is left out. */
  readonly currentRun?: string;
  /** What it listens on, for instance `127.0.0.1`. */
  readonly host: string;
}

/**
 * Makes the server of the dashboard: a page that follows the runs of a folder. It reads what runs write, takes GET alone
 * and serves known files alone; a server on loopback answers only where it is called by a name of loopback, so that
 * other sites' pages can't reach it through a name of their own.
 */
export function createDashboard({ runsFolder, currentRun, host }: DashboardOptions): Server {
  const store = new RunStore(runsFolder);
  let streams = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, 'text/plain', 'Only GET is answered.');
      return;
    }
    if (isLoopback(host) && !mayAnswer(request.headers.host)) {
      send(response, 403, 'text/plain', 'This dashboard is for this machine. Call it by localhost.');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const asset = ASSETS.get(url.pathname);
    if (asset !== undefined) {
      send(response, 200, asset.type, await readFile(asset.path));
    } else if (url.pathname === '/api/runs') {
      sendJson(response, { current: currentRun, runs: await store.list() });
    } else if (url.pathname === '/api/stream') {
      if (streams >= MOST_STREAMS) {
        send(response, 503, 'text/plain', `At most ${MOST_STREAMS} pages can follow at once. Close one.`);
        return;
      }
      streams++;
      response.on('close', () => streams--);
      stream(store, url.searchParams.getAll('run'), response);
    } else {
      await sendOfRun(store, url.pathname, response);
    }
  };
  return createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) send(response, 500, 'text/plain', 'The dashboard could not read that.');
      else response.end();
    });
  });
}

/** `/api/runs/NAME/config`, `/api/runs/NAME/manifest` and `/api/runs/NAME/pictures/FILE`. */
async function sendOfRun(store: RunStore, pathname: string, response: ServerResponse): Promise<void> {
  const parts = decodedParts(pathname);
  const [api, runs, name = '', what, file] = parts;
  const isRun = api === 'api' && runs === 'runs';
  if (isRun && parts.length === 4 && (what === 'config' || what === 'manifest')) {
    const path = await store.pathOf(name, what);
    const text = path === undefined ? undefined : await readFile(path).catch(() => undefined);
    if (text !== undefined) {
      send(response, 200, 'application/json; charset=utf-8', text);
      return;
    }
  }
  if (isRun && parts.length === 5 && what === 'pictures') {
    const png = await store.picture(name, file!);
    if (png !== undefined) {
      send(response, 200, 'image/png', png);
      return;
    }
  }
  send(response, 404, 'text/plain', 'There is nothing here.');
}

function decodedParts(pathname: string): string[] {
  try {
    return pathname.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** Server-sent events: each is a RunUpdate. */
function stream(store: RunStore, runs: readonly string[], response: ServerResponse): void {
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
  response.write('retry: 2000\n\n');
  const updates = new Map<string, RunUpdates>();
  let timer: NodeJS.Timeout | undefined;
  const poll = async (): Promise<void> => {
    for (const run of new Set(runs)) {
      let update = updates.get(run);
      if (update === undefined) {
        const [metrics, log] = [await store.pathOf(run, 'metrics'), await store.pathOf(run, 'log')];
        if (metrics === undefined || log === undefined) continue;
        update = new RunUpdates(run, metrics, log);
        updates.set(run, update);
      }
      const next = await update.next();
      if (next !== undefined) response.write(`data: ${JSON.stringify(next)}\n\n`);
    }
  };
  const again = (): void => {
    poll()
      // A file that can't be read now may be read next time.
      .catch(() => undefined)
      .finally(() => {
        if (!response.destroyed && !response.writableEnded) timer = setTimeout(again, POLL_MS);
      });
  };
  response.on('close', () => clearTimeout(timer));
  again();
}

function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json; charset=utf-8', JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': type }).end(body);
}
