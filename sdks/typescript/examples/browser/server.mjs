// The key stays here: the page asks this small proxy, which lets it make and follow videos, and nothing else.
// USVIDEO_BASE_URL=… USVIDEO_API_KEY=… PORT=3000 node server.mjs, then open the page in a browser.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { USVideo, USVideoError } from '@usvideoapi/sdk';

const client = new USVideo();
const page = readFileSync(new URL('./index.html', import.meta.url));
const LONGEST_PROMPT = 4_000;
const EVENTS = /^\/videos\/(job_\w+)\/events$/;

async function promptOf(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LONGEST_PROMPT)
      throw new USVideoError({ code: 'invalid_request', message: 'The prompt is too long.', status: 400 });
  }
  return text;
}

async function create(request, response) {
  const { id } = await client.videos.create({ prompt: await promptOf(request), resolution: '480p', duration: 2 });
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
}

async function follow(id, response) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for await (const { status, progress, video_url: url } of client.videos.stream(id, { signal: gone.signal }))
    response.write(`data: ${JSON.stringify({ status, progress, url })}\n\n`);
  response.end();
}

const server = createServer(async (request, response) => {
  try {
    const [, id] = EVENTS.exec(request.url) ?? [];
    if (request.method === 'POST' && request.url === '/videos') await create(request, response);
    else if (request.method === 'GET' && id !== undefined) await follow(id, response);
    else if (request.method === 'GET' && request.url === '/')
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    else response.writeHead(404).end();
  } catch (error) {
    if (response.headersSent) return response.destroy();
    const {
      code,
      message,
      status = 502,
    } = error instanceof USVideoError
      ? error
      : { code: 'internal_error', message: 'Something is wrong here.', status: 500 };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: code, message }));
  }
});
server.listen(Number(process.env.PORT ?? 3000), () => console.log(`listening on ${server.address().port}`));
