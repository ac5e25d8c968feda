import { type HttpReceiver, eventually, httpReceiver } from '@usvideo/testing';
import { Customer, type Job } from '../e2e/customer';
import { ObservedPlatform } from './observed-platform';
import { type CollectedSpan, edgesOf, TraceCollector } from './trace-collector';
import { makeTraced, traceOf, tracesOfJobs } from './traced-jobs';

describe('the trace of a job', () => {
  let platform: ObservedPlatform;
  let collector: TraceCollector;
  let customerServer: HttpReceiver;
  let live: Customer;

  beforeAll(async () => {
    [collector, customerServer] = await Promise.all([TraceCollector.start(), httpReceiver()]);
    platform = await ObservedPlatform.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'debug' });
    live = Customer.live(platform.platform);
  }, 90_000);

  afterAll(async () => {
    await platform.dispose();
    await Promise.all([collector.stop(), customerServer.stop()]);
  });

  const make = (headers: Record<string, string> = {}) => makeTraced({ live, customerServer }, headers);

  tracesOfJobs(() => ({ live, customerServer, collector, log: () => platform.platform.log }));

  it('links the batch that asks for bodies instead of taking it in', async () => {
    const job = await make();
    const feeds = await collector.until('the feed to be linked', (spans) => feedsOf(job, spans).length > 0);
    const feed = feedsOf(job, feeds)[0]!;
    expect(feed.traceId).not.toBe(job.trace_id);
    const batch = await collector.until(
      'the batch',
      (spans) => edgesOf(spans.filter(({ traceId }) => traceId === feed.traceId)).size > 0,
    );
    expect([...edgesOf(batch.filter(({ traceId }) => traceId === feed.traceId))]).toEqual(['webhooks ─▶ scheduler']);
  }, 60_000);

  it('tells how long the job waited and rendered, inside the times the job itself gives', async () => {
    const job = await make();
    const spans = await collector.until('the attempt', (collected) =>
      traceOf(job, collected).some(({ name }) => name === 'webhook attempt'),
    );
    const one = (name: string) => traceOf(job, spans).find((span) => span.name === name)!;
    const createdMs = Date.parse(job.created_at);
    expect(Math.abs(one('queue wait').startMs - createdMs)).toBeLessThan(50);
    expect(one('attempt').startMs).toBeGreaterThanOrEqual(one('queue wait').endMs - 50);
    expect(one('engine render').endMs).toBeLessThanOrEqual(one('upload').startMs + 1);
    expect(one('webhook attempt').startMs).toBeGreaterThan(one('report complete').startMs);
    for (const name of ['queue wait', 'attempt', 'render attempt'])
      expect([name, one(name).attributes['gen_ai.request.model']]).toEqual([name, 'test-picture']);
  }, 60_000);

  it('says how a request was answered, and of an attempt what was rendered and why it failed', async () => {
    const sandbox = Customer.test(platform.platform);
    const { body } = await sandbox.create({ prompt: 'sandbox:fail=content_rejected', resolution: '480p', duration: 1 });
    const job = await sandbox.ended(body.id);
    const spans = await collector.until('the failed attempt', (collected) =>
      traceOf(job, collected).some(({ attributes }) => attributes['error.type'] === 'content_rejected'),
    );
    const one = (name: string) => traceOf(job, spans).find((span) => span.name === name)!;
    expect(one('POST /v1/videos').attributes).toMatchObject({
      'http.response.status_code': '202',
      'job.id': job.id,
      'account.environment': 'test',
    });
    expect(one('attempt').attributes).toMatchObject({
      'job.id': job.id,
      'job.environment': 'test',
      'job.resolution': '480p',
      'error.type': 'content_rejected',
    });
    const { headers } = await sandbox.create({ prompt: '' });
    const refused = await collector.until('the refusal', (collected) =>
      collected.some(({ attributes }) => attributes['error.code'] === 'invalid_request'),
    );
    expect(refused.find(({ attributes }) => attributes['error.code'] === 'invalid_request')!.attributes).toMatchObject({
      'http.response.status_code': '400',
    });
    expect(headers.get('x-request-id')).toBeTruthy();
  }, 60_000);

  it('links each further attempt of a delivery to the one before, in the same trace', async () => {
    customerServer.answerWith((request, response) => {
      response.writeHead(request.headers['webhook-id'] === undefined || seen(request) > 1 ? 200 : 503).end();
    });
    const job = await make();
    const deliveries = (spans: readonly CollectedSpan[]) =>
      traceOf(job, spans).filter(({ name }) => name === 'webhook attempt');
    const failed = 'select delivery_id from delivery where job_id = $1 and attempts = 1';
    await eventually(async () => (await platform.query('webhooks', failed, [job.id])).length > 0, {
      what: 'the first attempt to have failed',
      deadlineMs: 20_000,
    });
    await platform.query('webhooks', 'update delivery set next_attempt_at = clock_timestamp() where job_id = $1', [
      job.id,
    ]);
    await platform.query('webhooks', 'update destination set next_due_at = clock_timestamp()');
    const attempts = deliveries(
      await collector.until('the second attempt', (spans) => deliveries(spans).length === 2),
    ).sort((a, b) => a.startMs - b.startMs);
    expect(attempts[1]!.links).toEqual([{ traceId: job.trace_id, spanId: attempts[0]!.spanId }]);
    expect(attempts[1]!.parentSpanId).toBe(attempts[0]!.parentSpanId);
  }, 60_000);

  it("is not the caller's: a traceparent from outside is linked, never obeyed", async () => {
    const theirs = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const job = await make({ traceparent: `00-${theirs.traceId}-${theirs.spanId}-00` });
    expect(job.trace_id).not.toBe(theirs.traceId);
    const isRequest = (span: CollectedSpan) => span.traceId === job.trace_id && span.service === 'gateway';
    const spans = await collector.until('the request', (collected) => collected.some(isRequest));
    expect(spans.find(isRequest)!.links).toEqual([theirs]);
  }, 60_000);

  const timesSeen = new Map<string, number>();
  function seen({ headers }: { headers: Record<string, unknown> }): number {
    const id = String(headers['webhook-id']);
    timesSeen.set(id, (timesSeen.get(id) ?? 0) + 1);
    return timesSeen.get(id)!;
  }
});

function feedsOf(job: Job, spans: readonly CollectedSpan[]): CollectedSpan[] {
  return spans.filter(
    ({ name, links }) => name === 'render feed' && links.some(({ traceId }) => traceId === job.trace_id),
  );
}
