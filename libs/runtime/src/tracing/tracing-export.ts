import { randomUUID } from 'node:crypto';
import { SpanKind, SpanStatusCode, type Attributes, type HrTime, type SpanContext } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { spansDropped } from '../metrics/metrics';
import { steadyMsOf } from './steady-clock';
import { environmentProxy } from '../http/environment-proxy';
import { VERSION } from '../version';

/** A finished operation. Times are those of `performance.now()`. */
export interface RecordedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: Lowercase<keyof typeof SpanKind>;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly links: readonly SpanContext[];
  /** Name of the error it ended with. */
  readonly failure: string | undefined;
}

const KINDS: Readonly<Record<RecordedSpan['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
const SCOPE = { name: 'usvideo' };
const FLUSH_EVERY_MS = 1_000;
/** Encoding this many takes about a millisecond of the thread that answers customers. */
const BATCH_MAX = 512;
/** Some seconds of the most that one process makes. A collector that is away for longer loses what is newer, and it is counted. */
const WAITING_MAX = 30_000;
const SEND_TIMEOUT_MS = 10_000;
/** As many batches as may wait, because all of them are sent at once when the process ends. */
const REQUESTS_MAX = Math.ceil(WAITING_MAX / BATCH_MAX);
/** The monotonic clock drifts away from the wall clock over the life of a process. */
const CLOCK_READ_EVERY_MS = 1_000;

/**
 * Hands finished spans to OpenTelemetry's batch processor and OTLP exporter, which sends JSON over HTTP
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) and obeys the other `OTEL_EXPORTER_OTLP_*` settings.
 */
export class SpanExport {
  private readonly processor: BatchSpanProcessor;
  private readonly resources = new Map<string, Resource>();
  /** What is said of every process, unless its surroundings know better. */
  private readonly surroundings = resourceFromAttributes({
    'service.version': VERSION,
    'service.instance.id': randomUUID(),
  }).merge(detectResources({ detectors: [resourceAttributesEnvDetector] }));
  private waiting = 0;
  private epochMs = 0;
  private epochReadAtMs = -Infinity;

  constructor(endpoint: string) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.processor = new BatchSpanProcessor({
      exporter: this.counting(
        new OTLPTraceExporter({
          url,
          timeoutMillis: SEND_TIMEOUT_MS,
          concurrencyLimit: REQUESTS_MAX,
          httpAgentOptions: environmentProxy(),
        }),
      ),
      maxExportBatchSize: BATCH_MAX,
      maxQueueSize: WAITING_MAX,
      scheduledDelayMillis: FLUSH_EVERY_MS,
      exportTimeoutMillis: 2 * SEND_TIMEOUT_MS,
    });
  }

  record(span: RecordedSpan): void {
    if (this.waiting >= WAITING_MAX) return spansDropped.inc();
    this.waiting += 1;
    this.processor.onEnd(this.readable(span));
  }

  /** Sends what is left; what the collector does not take is dropped and counted. */
  stop(): Promise<void> {
    return this.processor.shutdown().catch(() => undefined);
  }

  /** The processor forgets a batch that could not be sent, so it is counted on the way. */
  private counting(exporter: OTLPTraceExporter): SpanExporter {
    return {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          this.waiting -= spans.length;
          if (result.code !== ExportResultCode.SUCCESS) spansDropped.inc(spans.length);
          done(result);
        }),
      forceFlush: () => exporter.forceFlush(),
      shutdown: () => exporter.shutdown(),
    };
  }

  private readable({
    service,
    name,
    kind,
    context,
    parent,
    startMs,
    endMs,
    attributes,
    links,
    failure,
  }: RecordedSpan): ReadableSpan {
    const epochMs = this.epoch();
    return {
      name,
      kind: KINDS[kind],
      spanContext: () => context,
      ...(parent && { parentSpanContext: parent }),
      startTime: hrTime(epochMs + startMs),
      endTime: hrTime(epochMs + endMs),
      duration: hrTime(endMs - startMs),
      ended: true,
      attributes: failure === undefined ? attributes : { ...attributes, 'error.type': failure },
      status: failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
      links: links.map((link) => ({ context: link })),
      events: [],
      resource: this.resourceOf(service),
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }

  private resourceOf(service: string): Resource {
    let resource = this.resources.get(service);
    if (resource === undefined) {
      resource = this.surroundings.merge(
        resourceFromAttributes({ 'service.name': service, 'service.namespace': 'usvideo' }),
      );
      this.resources.set(service, resource);
    }
    return resource;
  }

  private epoch(): number {
    const nowMs = performance.now();
    if (nowMs - this.epochReadAtMs > CLOCK_READ_EVERY_MS) {
      this.epochMs = -steadyMsOf(new Date(0));
      this.epochReadAtMs = nowMs;
    }
    return this.epochMs;
  }
}

/** Seconds and nanoseconds: the latter of a whole time do not fit a double. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.floor((ms - seconds * 1_000) * 1e6)];
}
