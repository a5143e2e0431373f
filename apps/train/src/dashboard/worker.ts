// The dashboard's thread: the training step blocks its own for seconds, and the page shouldn't wait for it.
import { parentPort, workerData } from 'node:worker_threads';
import { createDashboard, type DashboardOptions } from './server.js';

const { port, ...options } = workerData as DashboardOptions & { readonly port: number };
const server = createDashboard(options);

server.on('error', (error: NodeJS.ErrnoException) => {
  parentPort!.postMessage({ error: { code: error.code, message: error.message } });
});
server.listen(port, options.host, () => {
  const address = server.address();
  parentPort!.postMessage({ port: typeof address === 'object' && address !== null ? address.port : port });
});
