import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually';

/** What an engine may do wrong; several hold at once. */
export type EngineFault =
  | 'hang' // takes connections and answers nothing
  | 'unwell' // its health check fails
  | 'full' // 429 to every job
  | 'error' // 500 to every call
  | 'garbage' // answers that are no JSON
  | 'odd-id' // an id that would leave its path
  | 'takes-silently' // takes the job and breaks the connection instead of saying so
  | 'refuses' // 400 to every job
  | 'stuck' // takes jobs and never gets on with them
  | 'fails' // every job fails
  | 'rejects' // every job fails as content that is not allowed
  | 'cut-connection' // the video's connection breaks halfway
  | 'cut-file' // half of the video's file
  | 'no-video' // text instead of a video
  | 'short' // half of the frames
  | 'small'; // half of the pixels each way

export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly authorization: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly image: Buffer | undefined;
}

interface EngineJob {
  readonly id: string;
  readonly prompt: string;
  readonly size: string;
  state: 'queued' | 'rendering' | 'completed' | 'failed';
  percent: number;
  file: Buffer | undefined;
}

interface Exchange {
  readonly what: string;
  readonly request: { readonly fields?: readonly string[] };
  readonly response: { readonly status: number; readonly body: Record<string, unknown> };
}

const TRANSCRIPTS = join(__dirname, '..', '..', 'transcripts');
const VIDEO = /^\/v1\/videos\/([^/]+?)(\/content)?$/;

/**
 * An engine over real HTTP that answers in the words of a transcript and misbehaves on demand. Its clips depend on prompt, seed and
 * first frame and on nothing else. Jobs live in its memory: a restart loses them, as it does with every real one.
 */
export class EngineServer {
  readonly requests: EngineRequest[] = [];
  readonly faults = new Set<EngineFault>();
  private readonly exchanges: readonly Exchange[];
  /** Those that the transcript's submissions have; the engine knows no others. */
  private readonly fields: ReadonlySet<string>;
  private readonly jobs = new Map<string, EngineJob>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'engine-server-'));
  private server: Server | undefined;
  private port = 0;
  private readonly renders = new Set<Promise<void>>();
  private held: { readonly release: () => void; readonly released: Promise<void> } | undefined;

  private constructor(
    dialect: string,
    private readonly ffmpeg: string,
  ) {
    this.exchanges = (
      JSON.parse(readFileSync(join(TRANSCRIPTS, `${dialect}.json`), 'utf8')) as { exchanges: Exchange[] }
    ).exchanges;
    this.fields = new Set(this.exchanges.flatMap(({ request }) => request.fields ?? []));
  }

  static async start(dialect: string, ffmpeg: string): Promise<EngineServer> {
    const engine = new EngineServer(dialect, ffmpeg);
    await engine.up();
    return engine;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get jobIds(): string[] {
    return [...this.jobs.keys()];
  }

  /** Puts a job there that none of the requests asked for. */
  stray(prompt: string): string {
    return this.newJob(prompt, '64x64').id;
  }

  /** Renders halfway and waits until `release`. */
  hold(): void {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.held = { release, released };
  }

  release(): void {
    this.held?.release();
    this.held = undefined;
  }

  requested(method: string, path: RegExp): readonly EngineRequest[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path));
  }

  /** Resolves once a request of this kind has come. */
  async asked(method: string, path: RegExp, count = 1): Promise<void> {
    await eventually(() => this.requested(method, path).length >= count, { what: `${count} times ${method} ${path}` });
  }

  async down(): Promise<void> {
    if (!this.server?.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
    this.jobs.clear();
  }

  async up(): Promise<void> {
    this.server = createServer((request, response) => void this.receive(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async restart(): Promise<void> {
    await this.down();
    await this.up();
  }

  async stop(): Promise<void> {
    this.release();
    await this.down();
    await Promise.all(this.renders);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    const { method, path } = request;
    if (this.faults.has('hang')) return;
    if (path.includes('health')) return void response.writeHead(this.faults.has('unwell') ? 503 : 200).end();
    if (this.faults.has('error')) return void response.writeHead(500).end('boom');
    if (this.faults.has('garbage'))
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
    if (method === 'POST' && path === '/v1/videos') return this.submit(request, response);
    if (method === 'GET' && path === '/v1/videos')
      return answer(response, 200, {
        ...this.saying('listed').body,
        data: [...this.jobs.values()].map((job) => this.shown(job)),
      });
    const [, id = '', content] = VIDEO.exec(path) ?? [];
    const job = this.jobs.get(id);
    if (job === undefined) return this.say(response, 'unknown');
    if (method === 'DELETE') {
      this.jobs.delete(id);
      return this.say(response, 'deleted');
    }
    if (content) return this.deliver(job, response);
    return answer(response, 200, this.shown(job));
  }

  private submit(request: EngineRequest, response: ServerResponse): void {
    if (this.faults.has('full'))
      return answer(response, 429, { error: { message: 'the queue is full' } }, { 'retry-after': '0' });
    if (this.faults.has('refuses')) return answer(response, 400, { detail: 'size is not supported' });
    const unknown = Object.keys(request.fields).filter((field) => !this.fields.has(field));
    if (unknown.length > 0) return answer(response, 400, { detail: `unknown fields: ${unknown.join(', ')}` });
    const job = this.newJob(request.fields.prompt ?? '', request.fields.size ?? '');
    const render = this.render(job, request).finally(() => this.renders.delete(render));
    this.renders.add(render);
    if (this.faults.has('takes-silently')) return void response.destroy();
    const { status } = this.saying('submitted');
    return answer(response, status, { ...this.shown(job), ...(this.faults.has('odd-id') && { id: '../../health' }) });
  }

  private newJob(prompt: string, size: string): EngineJob {
    const job: EngineJob = { id: `video_${randomUUID()}`, prompt, size, state: 'queued', percent: 0, file: undefined };
    this.jobs.set(job.id, job);
    return job;
  }

  private async render(job: EngineJob, request: EngineRequest): Promise<void> {
    if (this.faults.has('stuck')) return;
    const failing = this.faults.has('fails') || this.faults.has('rejects');
    const file = failing ? undefined : await this.draw(job.id, request);
    Object.assign(job, { state: 'rendering', percent: 50 });
    await this.held?.released;
    Object.assign(job, failing ? { state: 'failed', percent: 0 } : { state: 'completed', percent: 100, file });
  }

  private async draw(id: string, { fields, image }: EngineRequest): Promise<Buffer> {
    const [width = 0, height = 0] = (fields.size ?? '').split('x').map(Number);
    // What an engine takes that is told no more than the seconds.
    const fps = fields.fps ?? '24';
    const frames = Number(fields.num_frames ?? Number(fields.seconds) * Number(fps));
    const shrink = this.faults.has('small') ? 2 : 1;
    const colour = createHash('sha256')
      .update(`${fields.prompt}|${fields.seed}|${fields.negative_prompt ?? ''}`)
      .digest('hex')
      .slice(0, 6);
    const picture = join(this.folder, `${id}.png`);
    if (image) writeFileSync(picture, image);
    const input = image
      ? ['-loop', '1', '-r', fps, '-i', picture]
      : ['-f', 'lavfi', '-i', `color=c=0x${colour}:s=${width}x${height}:r=${fps}`];
    const file = join(this.folder, `${id}.mp4`);
    await promisify(execFile)(this.ffmpeg, [
      '-hide_banner',
      '-loglevel',
      'error',
      '-y',
      ...input,
      '-frames:v',
      String(this.faults.has('short') ? Math.ceil(frames / 2) : frames),
      '-vf',
      `scale=${width / shrink}:${height / shrink}:out_color_matrix=bt709`,
      '-pix_fmt',
      'yuv420p',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-threads',
      '1',
      '-colorspace',
      'bt709',
      '-fflags',
      '+bitexact',
      '-flags:v',
      '+bitexact',
      file,
    ]);
    return readFileSync(file);
  }

  private deliver({ state, file }: EngineJob, response: ServerResponse): void {
    if (state !== 'completed' || file === undefined)
      return answer(response, 400, { error: { message: 'is not ready' } });
    if (this.faults.has('no-video'))
      return void response.writeHead(200, { 'content-type': 'video/mp4' }).end('no video at all');
    const half = file.subarray(0, Math.floor(file.length / 2));
    if (this.faults.has('cut-file')) return void response.writeHead(200, { 'content-type': 'video/mp4' }).end(half);
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': file.length });
    if (!this.faults.has('cut-connection')) return void response.end(file);
    response.write(half, () => response.destroy());
  }

  /** A job in the transcript's words. */
  private shown({ id, prompt, size, state, percent }: EngineJob): Record<string, unknown> {
    const { body } = this.saying(
      { queued: 'submitted', rendering: 'rendering', completed: 'completed', failed: 'failed' }[state],
    );
    const own = { id, ...('prompt' in body && { prompt }), ...('size' in body && { size }) };
    const progress =
      state === 'rendering' && body.progress !== 0 && body.progress !== null ? { progress: percent } : {};
    const rejected = state === 'failed' && this.faults.has('rejects') ? { error: rejection(body.error) } : {};
    return { ...body, ...own, ...progress, ...rejected };
  }

  private say(response: ServerResponse, what: string): void {
    const { status, body } = this.saying(what);
    answer(response, status, body);
  }

  private saying(what: string): Exchange['response'] {
    const exchange = this.exchanges.find((one) => one.what === what);
    if (exchange === undefined) throw new Error(`the transcript does not say "${what}"`);
    return exchange.response;
  }
}

/** In the form in which the engine tells its errors. */
function rejection(error: unknown): unknown {
  const message = 'blocked by the safety checker';
  if (typeof error === 'string') return message;
  return 'code' in (error as object) ? { code: 'content_policy_violation', message } : { message };
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function readRequest(incoming: IncomingMessage): Promise<EngineRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const type = incoming.headers['content-type'] ?? '';
  const { authorization } = incoming.headers;
  return {
    method: incoming.method!,
    path: incoming.url!,
    type,
    authorization,
    ...(await readBody(Buffer.concat(chunks), type)),
  };
}

async function readBody(body: Buffer<ArrayBuffer>, type: string): Promise<Pick<EngineRequest, 'fields' | 'image'>> {
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const file = [...form.values()].find((value) => typeof value !== 'string');
    const fields = Object.fromEntries(
      [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    return { fields, image: file && Buffer.from(await file.arrayBuffer()) };
  }
  if (!type.startsWith('application/json')) return { fields: {}, image: undefined };
  const given = JSON.parse(body.toString()) as Record<string, unknown>;
  const url = Object.values(given).find((value) => typeof value === 'string' && value.startsWith('data:image/')) as
    string | undefined;
  return {
    fields: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    image: url ? Buffer.from(url.split(',')[1]!, 'base64') : undefined,
  };
}
