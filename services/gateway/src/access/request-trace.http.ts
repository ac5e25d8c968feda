import { randomUUID } from 'node:crypto';
import { type OpenSpan, inTrace, openSpan } from '@usvideo/runtime';

export type RequestTrace = OpenSpan;

/** One read in a hundred is recorded; what changes something always is, so that every job has its whole trace. */
const READS_SAMPLED = 0.01;

/** Each request is the root of its own trace: a caller's traceparent is linked, never obeyed, nor its sampling flag. */
export function openRequestTrace(method: string, route: string, callerTraceparent: string | undefined): RequestTrace {
  const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  if (isRead && Math.random() >= READS_SAMPLED) return unrecorded();
  return openSpan(`${method} ${route}`, {
    root: true,
    service: 'gateway',
    kind: 'server',
    links: callerTraceparent === undefined ? [] : [callerTraceparent],
    attributes: { 'http.request.method': method, 'http.route': route },
  });
}

/** A trace whose flag says "not sampled" keeps the services behind from recording it either. */
function unrecorded(): RequestTrace {
  const traceparent = `00-${randomUUID().replaceAll('-', '')}-${randomUUID().replaceAll('-', '').slice(0, 16)}-00`;
  return { run: (fn) => inTrace(traceparent, fn), note: () => undefined, end: () => undefined };
}
