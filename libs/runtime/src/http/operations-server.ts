import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '../lifecycle/lifecycle';
import type { Logger } from '../log/logger';
import { metrics, observeProcess, readMetrics } from '../metrics/metrics';

export interface Readiness {
  /** Each part without which the process can serve nothing, and whether it is there. */
  readonly needs: Readonly<Record<string, boolean>>;
  /** Parts without which it serves what it can: shown, and never a reason to send its callers elsewhere. */
  readonly uses?: Readonly<Record<string, boolean>>;
}

export interface OperationsServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly ready: () => Promise<Readiness>;
  readonly logger: Logger;
}

/** `/healthz` says that the process runs, `/readyz` that it can serve, `/metrics` what Prometheus scrapes. */
export async function startOperationsServer(options: OperationsServerOptions): Promise<Running & { port: number }> {
  observeProcess();
  const server = createServer((request, response) => {
    answer(options, request.url?.split('?')[0], response).catch((error: unknown) => {
      options.logger.error({ err: error }, 'an operations request failed');
      send(response, 500, 'text/plain', 'failed\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  let stopping: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, stop: () => (stopping ??= close()) };
}

async function answer(
  options: OperationsServerOptions,
  path: string | undefined,
  response: ServerResponse,
): Promise<void> {
  if (path === '/healthz') return send(response, 200, 'text/plain', 'ok\n');
  if (path === '/metrics') return send(response, 200, metrics.contentType, await readMetrics());
  if (path !== '/readyz') return send(response, 404, 'text/plain', 'not found\n');
  const { needs, uses } = await options.ready();
  const ready = Object.values(needs).every(Boolean);
  send(response, ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, parts: { ...needs, ...uses } })}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': type });
  response.end(body);
}
