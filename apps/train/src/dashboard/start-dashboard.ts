import { Worker } from 'node:worker_threads';
import { InvalidArgumentError } from '@lungseg/core';
import { urlOf } from './hosts.js';
import type { DashboardOptions } from './server.js';

/** A dashboard that is being served. */
export interface RunningDashboard {
  readonly url: string;
  /** Ends it. */
  readonly close: () => Promise<void>;
}

type Answer =
  { readonly port: number } | { readonly error: { readonly code?: string; readonly message: string } };

/**
 * Serves the dashboard from a thread of its own.
 *
 * @param options what to show, and where to listen; port 0 for any that is free
 * @throws InvalidArgumentError when it can't listen there, for instance as the port is taken
 */
export async function startDashboard(
  options: DashboardOptions & { readonly port: number },
): Promise<RunningDashboard> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options });
  const answer = await new Promise<Answer>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  if ('error' in answer) {
    await worker.terminate();
    const { code, message } = answer.error;
    const reason = code === 'EADDRINUSE' ? 'the port is taken' : message;
    throw new InvalidArgumentError(
      `The dashboard can't listen on ${options.host}:${options.port}: ${reason}. Give another --port (0 for any that is free) or --host, or --no-dashboard.`,
    );
  }
  // Training decides when the process ends.
  worker.unref();
  return {
    url: urlOf(options.host, answer.port),
    close: async () => {
      await worker.terminate();
    },
  };
}
