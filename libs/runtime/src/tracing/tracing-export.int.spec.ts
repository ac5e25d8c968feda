import { httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { VERSION } from '../version';
import { currentTraceparent, inSpan, startTracing, traceIdOf } from './tracing';

describe('tracing with a collector', () => {
  let collector: HttpReceiver;
  beforeEach(async () => {
    collector = await httpReceiver();
  });
  afterEach(() => collector.stop());

  it('exports sampled spans when it stops, with the service, the parent and the failure, and no unsampled ones', async () => {
    const tracing = await startTracing({ serviceName: 'ledger', otlpEndpoint: `${collector.url}/` });
    const traceparent = await inSpan('outer span', { kind: 'server', attributes: { 'job.id': 'job_1' } }, async () => {
      await expect(inSpan('failing span', {}, () => Promise.reject(new TypeError('about a prompt')))).rejects.toThrow();
      return currentTraceparent();
    });
    await inSpan('unsampled span', { root: true, sampled: false }, () =>
      inSpan('unsampled inner', {}, async () => undefined),
    );
    await Promise.all([tracing.stop(), tracing.stop()]);
    expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    const sent = collector.requests[0]!.body.toString('utf8');
    for (const expected of [
      'ledger',
      'outer span',
      'job_1',
      'failing span',
      'TypeError',
      `"service.version","value":{"stringValue":"${VERSION}"}`,
    ])
      expect(sent).toContain(expected);
    for (const absent of ['unsampled', 'about a prompt']) expect(sent).not.toContain(absent);
    expect(sent).toMatch(/"service\.instance\.id","value":\{"stringValue":"[0-9a-f-]{36}"\}/);
    expect(sent).toContain(traceIdOf(traceparent));
  });

  it('makes ids again once it has stopped', async () => {
    const tracing = await startTracing({ serviceName: 'ledger', otlpEndpoint: collector.url });
    await tracing.stop();
    expect(await inSpan('later', {}, async () => traceIdOf())).toMatch(/^[0-9a-f]{32}$/);
    expect(collector.requests).toHaveLength(0);
  });
});
