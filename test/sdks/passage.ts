import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.ts';

export interface Report {
  requests: number;
  faulted: number;
  readonly statuses: Record<string, number>;
  /** Requests that said what they had already: `Last-Event-ID`. */
  resumed: number;
  /** Requests with `Range`. */
  ranges: number;
}

interface Way {
  readonly platformUrl: string;
  /** What clients use in place of the platform's address. */
  readonly ownUrl: string;
}

/** One request on its way to the platform and back, with what the fault does to it. */
export class Passage {
  private readonly way: Way;
  private readonly fault: Fault;
  private readonly report: Report;

  constructor(way: Way, fault: Fault, report: Report) {
    this.way = way;
    this.fault = fault;
    this.report = report;
  }

  async pass(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { kind, numbers } = this.fault;
    this.report.requests++;
    if (request.headers['last-event-id'] !== undefined) this.report.resumed++;
    if (request.headers.range !== undefined) this.report.ranges++;
    const isStream = /\/events(\?|$)/.test(path);
    if (kind === 'answer' && this.strikes()) return this.refuse(request, response);
    if (kind === 'no-stream' && isStream && this.strikes())
      return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
    if (kind === 'delay' && this.strikes()) await delay(numbers.ms);
    const upstream = await this.ask(request, path);
    this.count(upstream.statusCode ?? 0);
    if (kind === 'drop' && this.strikes()) {
      for await (const _ of upstream);
      response.destroy();
      return;
    }
    await this.hand(upstream, response, { cutsStream: isStream, cutsFile: path.startsWith('/v/') });
  }

  private strikes(): boolean {
    if (this.report.faulted >= this.fault.times) return false;
    this.report.faulted++;
    return true;
  }

  private count(status: number): void {
    this.report.statuses[status] = (this.report.statuses[status] ?? 0) + 1;
  }

  private refuse(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const { status = 500, retry_after_ms: waitMs } = this.fault.numbers;
    this.count(status);
    const wait: Record<string, number> =
      waitMs === undefined ? {} : { 'retry-after': Math.ceil(waitMs / 1_000), 'retry-after-ms': waitMs };
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_stand', ...wait }).end(
      JSON.stringify({
        error: this.fault.code,
        message: `The stand answers ${this.fault.code}.`,
        request_id: 'req_stand',
        doc_url: `${this.way.platformUrl}/docs/errors/${this.fault.code}`,
      }),
    );
  }

  private ask(request: IncomingMessage, path: string): Promise<IncomingMessage> {
    const { host: _host, connection: _connection, ...headers } = request.headers;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(`${this.way.platformUrl}${path}`, { method: request.method, headers }, resolve);
      outgoing.once('error', reject);
      request.pipe(outgoing);
    });
  }

  private async hand(
    upstream: IncomingMessage,
    response: ServerResponse,
    { cutsStream, cutsFile }: { cutsStream: boolean; cutsFile: boolean },
  ): Promise<void> {
    const type = String(upstream.headers['content-type'] ?? '');
    response.once('close', () => upstream.destroy());
    if (type.startsWith('text/event-stream')) return this.handEvents(upstream, response, cutsStream);
    if (type.startsWith('application/json')) return this.handJson(upstream, response);
    response.writeHead(upstream.statusCode ?? 502, upstream.headers);
    const cut = cutsFile && this.fault.kind === 'cut-file' && this.strikes() ? this.fault.numbers.bytes : undefined;
    if (cut === undefined) return void upstream.pipe(response);
    let sent = 0;
    for await (const chunk of upstream as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, cut! - sent);
      sent += part.length;
      if (sent < cut!) response.write(part);
      else return void response.write(part, () => response.destroy());
    }
    response.destroy();
  }

  private async handJson(upstream: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of upstream) chunks.push(chunk as Buffer);
    const body = this.asOwn(Buffer.concat(chunks).toString('utf8'));
    response
      .writeHead(upstream.statusCode ?? 502, { ...upstream.headers, 'content-length': Buffer.byteLength(body) })
      .end(body);
  }

  private async handEvents(upstream: IncomingMessage, response: ServerResponse, mayCut: boolean): Promise<void> {
    const cut = mayCut && this.fault.kind === 'cut-stream' && this.strikes() ? this.fault.numbers.events! : Infinity;
    response.writeHead(upstream.statusCode ?? 502, upstream.headers).flushHeaders();
    let text = '';
    let events = 0;
    upstream.setEncoding('utf8');
    for await (const chunk of upstream as AsyncIterable<string>) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const event = this.asOwn(text.slice(0, end + 2));
        text = text.slice(end + 2);
        if (/^data:/m.test(event)) events++;
        if (events >= cut) return void response.write(event, () => response.destroy());
        response.write(event);
      }
    }
    response.end();
  }

  private asOwn(text: string): string {
    return text.replaceAll(`${this.way.platformUrl}/v/`, `${this.way.ownUrl}/v/`);
  }
}
