import { trace } from '@opentelemetry/api';
import { destination, pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** The last line of defence: these fields are not to be logged at all. */
const NEVER_LOGGED = ['authorization', 'secret', 'password', 'token', 'prompt', 'key'].flatMap((field) => [
  field,
  `*.${field}`,
]);

/** Lines leave together, at the latest after this time or with this much of them: a write for each costs more than to make it. */
const HELD_BACK_MS = 100;
const HELD_BACK_BYTES = 8 * 1024;

let output: DestinationStream | undefined;

/** One for all services of a process, so that their lines come in order. Only a process that is killed outright leaves any behind; fatal lines do not wait. */
function standardOutput(): DestinationStream {
  if (output === undefined) {
    const held = destination({ dest: 1, sync: true, minLength: HELD_BACK_BYTES, periodicFlush: HELD_BACK_MS });
    process.on('exit', () => held.flushSync());
    output = held;
  }
  return output;
}

/** JSON lines on standard output unless told otherwise; `trace_id` and `span_id` of the current span are on every line written inside one. */
export function createLogger(service: string, level: string, stream: DestinationStream = standardOutput()): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: NEVER_LOGGED, censor: '[hidden]' },
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: currentIds,
  };
  return pino(options, stream);
}

function currentIds(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
