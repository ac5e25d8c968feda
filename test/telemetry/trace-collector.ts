import { eventually, httpReceiver, type HttpReceiver } from '@usvideo/testing';

/** One finished operation, as a collector sees it. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Record<string, string>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** `CONSUMER` of the OpenTelemetry protocol. */
export const CONSUMER = 5;

interface OtlpSpan extends Omit<CollectedSpan, 'service' | 'attributes' | 'links' | 'startMs' | 'endMs'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly links?: CollectedSpan['links'];
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Record<string, string | number | boolean>;
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** Stands where an OpenTelemetry collector would: takes OTLP over HTTP and remembers every span. */
export class TraceCollector {
  private constructor(private readonly receiver: HttpReceiver) {}

  static async start(): Promise<TraceCollector> {
    return new TraceCollector(await httpReceiver());
  }

  get url(): string {
    return this.receiver.url;
  }

  /** Refuses everything from here on. */
  refuse(): void {
    this.receiver.answerWith(400);
  }

  get spans(): CollectedSpan[] {
    return this.receiver.requests
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(({ body }) => decode(JSON.parse(body.toString('utf8')) as OtlpRequest));
  }

  /** Resolves once the spans collected so far satisfy the condition. */
  until(what: string, isEnough: (spans: readonly CollectedSpan[]) => boolean): Promise<CollectedSpan[]> {
    return eventually(
      () => {
        const { spans } = this;
        return isEnough(spans) && spans;
      },
      { deadlineMs: 60_000, what },
    );
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }
}

function decode({ resourceSpans }: OtlpRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = attributesOf(resource.attributes)['service.name'] ?? '';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span): CollectedSpan => ({
        service,
        name: span.name,
        kind: span.kind,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        startMs: Number(span.startTimeUnixNano) / 1e6,
        endMs: Number(span.endTimeUnixNano) / 1e6,
        attributes: attributesOf(span.attributes),
        links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
      })),
    );
  });
}

function attributesOf(attributes: readonly OtlpAttribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}

/** `gateway → scheduler` for each span whose cause, its parent or what it links to, is another service's. */
export function edgesOf(spans: readonly CollectedSpan[], all: readonly CollectedSpan[] = spans): Set<string> {
  const byId = new Map(all.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  return new Set(
    spans.flatMap((span) => {
      const parent = span.parentSpanId === undefined ? undefined : byId.get(`${span.traceId} ${span.parentSpanId}`);
      if (parent === undefined || parent.service === span.service) return [];
      return [edgeBetween(parent, span)];
    }),
  );
}

/** An event is told, everything else is asked. A lease is the answer on the stream that its worker opened, so the worker asked. */
function edgeBetween(cause: CollectedSpan, effect: CollectedSpan): string {
  if (effect.name.startsWith('consume ')) return `${cause.service} ═▶ ${effect.service}`;
  if (effect.name === 'render attempt') return `${effect.service} ─▶ ${cause.service}`;
  return `${cause.service} ─▶ ${effect.service}`;
}
