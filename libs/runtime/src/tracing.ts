import { randomFillSync } from 'node:crypto';
import {
  context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags,
  type Attributes, type Context, type Link, type Span, type SpanContext, type SpanOptions as OtelSpanOptions, type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Running } from './lifecycle';
import type * as TracingExport from './tracing-export';

/** Asynchronous context is needed with and without an exporter, so it is there from the first import. */
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export interface SpanOptions {
  /** W3C traceparent of the operation this one belongs to; without it the current span is the parent. */
  readonly parent?: string;
  /** Starts a new trace whatever the current span is. */
  readonly root?: boolean;
  /** False gives the operation, and all that follows from it, ids but no record. */
  readonly sampled?: false;
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Traceparents of operations this one follows from without being part of them. */
  readonly links?: readonly string[];
  readonly attributes?: Attributes;
}

const KINDS = {
  internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER,
} as const;

/** Makes valid, sampled ids and records nothing: every job has a trace id also where nobody collects traces. */
class UnexportedTracer implements Tracer {
  startSpan(_name: string, options: OtelSpanOptions = {}, within: Context = context.active()): Span {
    const parent = options.root ? undefined : trace.getSpanContext(within);
    const spanContext = parent === undefined
      ? { traceId: randomHex(16), spanId: randomHex(8), traceFlags: TraceFlags.SAMPLED }
      : { traceId: parent.traceId, spanId: randomHex(8), traceFlags: parent.traceFlags };
    return trace.wrapSpanContext(spanContext);
  }

  startActiveSpan(name: string, ...rest: unknown[]): never {
    throw new Error(`span ${name}: use inSpan, not startActiveSpan with ${rest.length} arguments`);
  }
}

const unexported = new UnexportedTracer();
let tracer: Tracer = unexported;

function unsampled(within: Context): Span {
  return trace.wrapSpanContext({ ...unexported.startSpan('', {}, within).spanContext(), traceFlags: TraceFlags.NONE });
}

const POOL = Buffer.alloc(4096);
let poolOffset = POOL.length;

/** Random ids are cut from a pool: one call of the generator serves hundreds of spans. */
function randomHex(bytes: number): string {
  if (poolOffset + bytes > POOL.length) {
    randomFillSync(POOL);
    poolOffset = 0;
  }
  poolOffset += bytes;
  return POOL.toString('hex', poolOffset - bytes, poolOffset);
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function parseTraceparent(text: string): SpanContext | undefined {
  const match = TRACEPARENT.exec(text);
  if (match === null) return undefined;
  const parsed = { traceId: match[1]!, spanId: match[2]!, traceFlags: Number.parseInt(match[3]!, 16) & TraceFlags.SAMPLED, isRemote: true };
  return trace.isSpanContextValid(parsed) ? parsed : undefined;
}

function traceparentOf(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & TraceFlags.SAMPLED) === 1 ? '01' : '00'}`;
}

/** The current span as a W3C traceparent; empty outside any span. */
export function currentTraceparent(): string {
  const span = trace.getSpanContext(context.active());
  return span === undefined ? '' : traceparentOf(span);
}

/** The trace id of a traceparent, or of the current span; empty when there is none. */
export function traceIdOf(traceparent: string = currentTraceparent()): string {
  return parseTraceparent(traceparent)?.traceId ?? '';
}

/** Runs `fn` as part of the operation that a traceparent names, without a span of its own. */
export function inTrace<T>(traceparent: string, fn: () => T): T {
  const parent = parseTraceparent(traceparent);
  return parent === undefined ? fn() : context.with(trace.setSpanContext(context.active(), parent), fn);
}

export interface OpenSpan {
  run<T>(fn: () => T): T;
  end(error?: unknown): void;
}

/** For operations that end in a callback; `inSpan` is the form for promises. */
export function openSpan(name: string, options: SpanOptions = {}): OpenSpan {
  const within = options.root ? ROOT_CONTEXT : parentContext(options.parent);
  const span = options.sampled === false ? unsampled(within) : tracer.startSpan(name, otelOptions(options), within);
  const active = trace.setSpan(within, span);
  return {
    run: (fn) => context.with(active, fn),
    end: (error) => {
      if (error !== undefined) markFailed(span, error);
      span.end();
    },
  };
}

export async function inSpan<T>(name: string, options: SpanOptions, fn: () => Promise<T>): Promise<T> {
  const span = openSpan(name, options);
  try {
    const result = await span.run(fn);
    span.end();
    return result;
  } catch (error) {
    span.end(error ?? new Error('rejected without a reason'));
    throw error;
  }
}

function parentContext(parent: string | undefined): Context {
  const remote = parent === undefined ? undefined : parseTraceparent(parent);
  return remote === undefined ? context.active() : trace.setSpanContext(ROOT_CONTEXT, remote);
}

function otelOptions(options: SpanOptions): OtelSpanOptions {
  const links = (options.links ?? []).flatMap((text): Link[] => {
    const linked = parseTraceparent(text);
    return linked === undefined ? [] : [{ context: linked }];
  });
  return { kind: KINDS[options.kind ?? 'internal'], attributes: options.attributes, links, root: options.root };
}

/** The error's name only: messages may quote what a customer wrote. */
function markFailed(span: Span, error: unknown): void {
  const name = error instanceof Error ? error.name : 'Error';
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: name });
}

export interface TracingOptions {
  readonly serviceName: string;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`; without it ids are made and nothing is exported. */
  readonly otlpEndpoint?: string;
}

/** Call once per process, first of all; stop it last, it flushes. */
export async function startTracing(options: TracingOptions): Promise<Running> {
  if (options.otlpEndpoint === undefined) return { stop: async () => undefined };
  // Loaded on demand: the exporter costs memory that a process without a collector has no use for.
  const { exportingTracer } = require('./tracing-export') as typeof TracingExport;
  const exporting = exportingTracer(options.serviceName, options.otlpEndpoint);
  tracer = exporting.tracer;
  const stop = (): Promise<void> => {
    tracer = unexported;
    return exporting.stop();
  };
  let stopping: Promise<void> | undefined;
  return { stop: () => (stopping ??= stop()) };
}
