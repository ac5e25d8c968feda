import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { spansDropped } from './metrics';

/** A finished operation. Times are those of `performance.now()`. */
export interface RecordedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Name of the error it ended with. */
  readonly failure: string | undefined;
}

const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
const STATUS_ERROR = 2;
const FLUSH_EVERY_MS = 1_000;
/** Encoding this many takes about a millisecond of the thread that answers customers. */
const BATCH_MAX = 512;
/** Some seconds of the most that one process makes. A collector that is away for longer loses what is newer, and it is counted. */
const QUEUE_MAX = 30_000;
const SEND_TIMEOUT_MS = 10_000;
const LAST_TRIES = 3;

/**
 * Sends finished spans to an OpenTelemetry collector as OTLP/HTTP with JSON, which V8 writes several times faster than any encoder
 * in JavaScript writes protobuf (docs/decisions/0011). Format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export class SpanExporter {
  private queue: RecordedSpan[] = [];
  private sending: Promise<void> | undefined;
  private readonly url: URL;
  private readonly agent: Agent;
  private readonly ticking: NodeJS.Timeout;

  constructor(endpoint: string) {
    this.url = new URL(`${endpoint.replace(/\/+$/, '')}/v1/traces`);
    this.agent = this.url.protocol === 'https:' ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.ticking = setInterval(() => this.flush(), FLUSH_EVERY_MS).unref();
  }

  record(span: RecordedSpan): void {
    if (this.queue.length >= QUEUE_MAX) return spansDropped.inc();
    this.queue.push(span);
    if (this.queue.length === BATCH_MAX) this.flush();
  }

  /** Sends what is left; what a collector does not take in three tries is dropped. */
  async stop(): Promise<void> {
    clearInterval(this.ticking);
    for (let tries = 0; tries < LAST_TRIES && (this.queue.length > 0 || this.sending); tries++) {
      this.flush();
      await this.sending;
    }
    spansDropped.inc(this.queue.length);
    this.agent.destroy();
  }

  private flush(): void {
    if (this.sending !== undefined || this.queue.length === 0) return;
    this.sending = this.sendAll().finally(() => { this.sending = undefined; });
  }

  /** One batch at a time, until the queue is empty or the collector does not take one: that one waits for the next flush. */
  private async sendAll(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, BATCH_MAX);
      const status = await this.post(encode(batch)).catch(() => 0);
      const isAway = status === 0 || status === 429 || status >= 500;
      if (isAway) return;
      if (status >= 300) spansDropped.inc(batch.length);
      this.queue.splice(0, batch.length);
    }
  }

  private post(body: string): Promise<number> {
    const request = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = request(this.url, {
        method: 'POST', agent: this.agent, timeout: SEND_TIMEOUT_MS,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0)).once('error', reject);
      });
      sent.once('timeout', () => sent.destroy(new Error('the collector does not answer'))).once('error', reject);
      sent.end(body);
    });
  }
}

function encode(spans: readonly RecordedSpan[]): string {
  // Taken anew for each batch: the monotonic clock drifts away from the wall clock over the life of a process.
  const epochMs = Date.now() - performance.now();
  const resourceSpans = [...Map.groupBy(spans, ({ service }) => service)].map(([service, own]) => ({
    resource: { attributes: attributesOf({ 'service.name': service, 'service.namespace': 'usvideo' }) },
    scopeSpans: [{ scope: { name: 'usvideo' }, spans: own.map((span) => spanJson(span, epochMs)) }],
  }));
  return JSON.stringify({ resourceSpans });
}

function spanJson(span: RecordedSpan, epochMs: number): object {
  const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, links, failure } = span;
  return {
    traceId, spanId, parentSpanId, name, kind: KINDS[kind], flags: 1,
    startTimeUnixNano: nanos(epochMs + startMs), endTimeUnixNano: nanos(epochMs + endMs),
    attributes: attributesOf(failure === undefined ? attributes : { ...attributes, 'error.type': failure }),
    ...(links.length > 0 && { links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })) }),
    ...(failure !== undefined && { status: { code: STATUS_ERROR, message: failure } }),
  };
}

/** Nanoseconds do not fit a double: whole milliseconds and their fraction are written side by side. */
function nanos(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`;
}

function attributesOf(attributes: RecordedSpan['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === 'string' ? { stringValue: value } : numberOrFlag(value) }));
}

function numberOrFlag(value: number | boolean): object {
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
