const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/** Whether a server that listens on this host can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host.toLowerCase());
}

/** Whether a request with this Host header calls loopback by one of its own names. */
export function mayAnswer(hostHeader: string | undefined): boolean {
  return hostHeader !== undefined && isLoopback(hostHeader.replace(/:\d+$/, ''));
}

/** The address of a page on a host and port. */
export function urlOf(host: string, port: number): string {
  const name = isLoopback(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}
