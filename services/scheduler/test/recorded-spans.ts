import { startTracing } from '@usvideo/runtime';
import { httpReceiver } from '@usvideo/testing';

export interface RecordedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string }[];
}

/** What the work records, as a collector gets it. */
export async function spansOf(work: () => Promise<unknown>): Promise<RecordedSpan[]> {
  const collector = await httpReceiver();
  const tracing = await startTracing({ serviceName: 'scheduler', otlpEndpoint: collector.url });
  try {
    await work();
  } finally {
    await tracing.stop();
    await collector.stop();
  }
  const sent = collector.requests.map(
    ({ body }) => JSON.parse(body.toString('utf8')) as { resourceSpans: { scopeSpans: { spans: RecordedSpan[] }[] }[] },
  );
  return sent
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans);
}
