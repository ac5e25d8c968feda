import { once } from 'node:events';
import { createServer } from 'node:http';

const ARRIVES_WITHIN_MS = 60_000;

/** A customer's server: it keeps what it is told, and answers 204. */
export async function startReceiver() {
  const arrived = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        arrived.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(204).end();
        server.emit('arrived');
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/webhooks`,
    /** The first `count` that came. @throws when they do not come in time */
    async take(count) {
      const within = AbortSignal.timeout(ARRIVES_WITHIN_MS);
      while (arrived.length < count) await once(server, 'arrived', { signal: within });
      return arrived.slice(0, count);
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
