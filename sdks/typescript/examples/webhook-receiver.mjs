// Receives webhooks: USVIDEO_WEBHOOK_SECRET=whsec_… PORT=3000 node webhook-receiver.mjs
import { createServer } from 'node:http';
import { verifyWebhook, WebhookVerificationError } from '@usvideoapi/sdk';

const secret = process.env.USVIDEO_WEBHOOK_SECRET;
const LARGEST_BYTES = 1024 * 1024;
/** Each message comes at least once. A program of several processes keeps this in its database. */
const seen = new Set();

async function bodyOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > LARGEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const payload = await bodyOf(request);
  if (payload === undefined) return response.writeHead(413, { connection: 'close' }).end();
  try {
    const event = await verifyWebhook({ payload, headers: request.headers, secret });
    const id = request.headers['webhook-id'];
    if (!seen.has(id)) console.log(event.event, event.id, event.video_url ?? '');
    seen.add(id);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(error instanceof WebhookVerificationError ? 400 : 500).end();
  }
});
server.listen(Number(process.env.PORT ?? 3000), () => console.log(`listening on ${server.address().port}`));
