import { createHash, randomFillSync } from 'node:crypto';
import {
  context,
  createContextKey,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Running } from '../lifecycle/lifecycle';
import { steadyMsOf } from './steady-clock';
import type { RecordedSpan, SpanExport } from './tracing-export';
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
  readonly kind?: RecordedSpan['kind'];
  /** Traceparents of operations this one follows from without being part of them. */
  readonly links?: readonly string[];
  readonly attributes?: RecordedSpan['attributes'];
  /** Whose work it is, where several services share a process. What happens inside it is the same service's unless it says otherwise. */
  readonly service?: string;
  /** Fixes the span's id, so that who knows the key can link to it (`traceparentOfKey`). At most one span of a trace may have it. */
  readonly key?: string;
}

const SERVICE = createContextKey('service');

/** Where finished spans go. Without one every job has a trace id all the same, and nothing is recorded. */
let exporter: SpanExport | undefined;
let processService = 'us-video-api';

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
  const parsed = {
    traceId: match[1]!,
    spanId: match[2]!,
    traceFlags: Number.parseInt(match[3]!, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
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
  /** What is known of the operation only while it goes on. */
  note(attributes: RecordedSpan['attributes']): void;
  /** Counts once; with an error, or the code of one, the operation failed. */
  end(error?: unknown): void;
}

/** For operations that end in a callback; `inSpan` is the form for promises. */
export function openSpan(name: string, options: SpanOptions = {}): OpenSpan {
  const within = options.root ? ROOT_CONTEXT : parentContext(options.parent);
  const startMs = performance.now();
  const parent = trace.getSpanContext(within);
  const span = newSpan(parent, options);
  const service = options.service ?? (within.getValue(SERVICE) as string | undefined) ?? processService;
  const active = trace.setSpanContext(within, span).setValue(SERVICE, service);
  let ended = false;
  let { attributes = {} } = options;
  return {
    run: (fn) => context.with(active, fn),
    note: (noted) => {
      attributes = { ...attributes, ...noted };
    },
    end: (error) => {
      if (ended) return;
      ended = true;
      record(name, { ...options, attributes }, { span, parent, service, startMs, endMs: performance.now(), error });
    },
  };
}

export interface PastOperation extends Omit<SpanOptions, 'root'> {
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Records an operation that nobody was in the middle of, such as a wait. */
export function recordSpan(name: string, { startedAt, endedAt, ...options }: PastOperation): void {
  if (exporter === undefined) return;
  const within = parentContext(options.parent);
  const parent = trace.getSpanContext(within);
  const service = options.service ?? (within.getValue(SERVICE) as string | undefined) ?? processService;
  record(name, options, {
    span: newSpan(parent, options),
    parent,
    service,
    startMs: steadyMsOf(startedAt),
    endMs: steadyMsOf(endedAt),
    error: undefined,
  });
}

/** The traceparent that the operation opened under this key has, or will have, in the trace of `traceparent`; empty without a trace. */
export function traceparentOfKey(traceparent: string, key: string): string {
  const known = parseTraceparent(traceparent);
  return known === undefined ? '' : traceparentOf({ ...known, spanId: spanIdOfKey(key) });
}

function spanIdOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

function newSpan(parent: SpanContext | undefined, { key, sampled }: SpanOptions): SpanContext {
  return {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: key === undefined ? randomHex(8) : spanIdOfKey(key),
    traceFlags: sampled === false ? TraceFlags.NONE : (parent?.traceFlags ?? TraceFlags.SAMPLED),
  };
}

interface Ended {
  readonly span: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly error: unknown;
}

function record(name: string, options: SpanOptions, { span, parent, service, startMs, endMs, error }: Ended): void {
  if (exporter === undefined || span.traceFlags !== TraceFlags.SAMPLED) return;
  exporter.record({
    service,
    name,
    kind: options.kind ?? 'internal',
    context: span,
    parent,
    startMs,
    endMs,
    attributes: options.attributes ?? {},
    links: (options.links ?? []).flatMap((link) => parseTraceparent(link) ?? []),
    // The error's name only: messages may quote what a customer wrote.
    failure: error === undefined || typeof error === 'string' ? error : error instanceof Error ? error.name : 'Error',
  });
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

export interface TracingOptions {
  readonly serviceName: string;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`; without it ids are made and nothing is exported. */
  readonly otlpEndpoint?: string;
}

/** Call once per process, first of all; stop it last, it flushes. */
export async function startTracing(options: TracingOptions): Promise<Running> {
  processService = options.serviceName;
  if (options.otlpEndpoint === undefined) return { stop: async () => undefined };
  // Loaded on demand: a process without a collector has no use for it.
  const { SpanExport: Exporter } = require('./tracing-export') as typeof TracingExport;
  const exporting = new Exporter(options.otlpEndpoint);
  exporter = exporting;
  const stop = (): Promise<void> => {
    exporter = undefined;
    return exporting.stop();
  };
  let stopping: Promise<void> | undefined;
  return { stop: () => (stopping ??= stop()) };
}
