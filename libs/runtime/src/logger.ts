import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** The last line of defence: these fields are not to be logged at all. */
const NEVER_LOGGED = ['authorization', 'secret', 'password', 'token', 'prompt', 'key'].flatMap((field) => [field, `*.${field}`]);

/** JSON lines; `trace_id` and `span_id` of the current span are on every line written inside one. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: NEVER_LOGGED, censor: '[hidden]' },
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: currentIds,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function currentIds(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
