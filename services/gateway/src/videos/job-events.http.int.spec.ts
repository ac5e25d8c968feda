import { status } from '@grpc/grpc-js';
import type { WatchJobRequest } from '@usvideo/contracts/scheduler';
import { eventually } from '@usvideo/testing';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';
import { STREAMS_PER_ACCOUNT_MAX } from '../streams/open-streams.http';

let test: TestGateway;
let authorization: string;

beforeEach(async () => {
  test = await startTestGateway();
  authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  test.peers.scheduler.getJob = () => ({ jobJson: '{}', status: 'processing' });
});
afterEach(() => test.stop());

function follow(headers: Record<string, string> = {}, signal?: AbortSignal) {
  return fetch(`${test.url}/v1/videos/job_1/events`, {
    headers: { authorization, ...headers },
    signal: signal ?? null,
  });
}

const change = (updateId: string, jobStatus: string) => ({
  updateId,
  status: jobStatus,
  jobJson: `{"status":"${jobStatus}"}`,
});

/** A job that goes on: its first state and then nothing. Counts who watches. */
function watchForever(): { watching: () => number } {
  let watching = 0;
  test.peers.watchJob = (_, push, stream) => {
    watching++;
    stream.on('cancelled', () => {
      watching--;
    });
    push(change('1.0', 'processing'));
  };
  return { watching: () => watching };
}

describe('the events of a job', () => {
  it('are told one by one and end with its end', async () => {
    let tell: (updateId: string, jobStatus: string) => void = () => undefined;
    test.peers.watchJob = (_, push, stream) => {
      tell = (updateId, jobStatus) => {
        push(change(updateId, jobStatus));
        if (jobStatus === 'completed') stream.end();
      };
      tell('1.0', 'pending');
    };
    const response = await follow();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-ratelimit-limit')).toBe('3000');
    const next = new Map([
      ['pending', () => tell('2.40', 'processing')],
      ['processing', () => tell('3.0', 'completed')],
    ]);
    let told = '';
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      told += part;
      for (const [seen, go] of next) if (told.includes(`event: video.${seen}`) && next.delete(seen)) go();
    }
    expect(told.split('\n\n')).toEqual([
      'retry: 2000',
      'id: 1.0\nevent: video.pending\ndata: {"status":"pending"}',
      'id: 2.40\nevent: video.processing\ndata: {"status":"processing"}',
      'id: 3.0\nevent: video.completed\ndata: {"status":"completed"}',
      '',
    ]);
  });

  it('resume after the last one seen', async () => {
    const seen: WatchJobRequest[] = [];
    test.peers.watchJob = (request, push, stream) => {
      seen.push(request);
      push(change('3.0', 'failed'));
      stream.end();
    };
    await (await follow({ 'last-event-id': '2.40' })).text();
    expect(seen).toEqual([{ accountId: 'acc_1', environment: 'live', jobId: 'job_1', afterUpdateId: '2.40' }]);
  });

  it('are over, for a client that has seen the last one', async () => {
    expect((await follow({ 'last-event-id': '3.0' })).status).toBe(204);
  });

  it('are not there for a job that is not there', async () => {
    test.peers.scheduler.getJob = () => {
      throw failure(status.NOT_FOUND);
    };
    test.peers.watchJob = () => undefined;
    const response = await follow();
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([404, 'job_not_found']);
  });

  it('stop being watched when the client goes away', async () => {
    const { watching } = watchForever();
    const client = new AbortController();
    await follow({}, client.signal);
    expect(watching()).toBe(1);
    client.abort();
    await eventually(() => watching() === 0, { what: 'the watch ends' });
  });

  it('are followed by at most a hundred at once per account, and a place is free again afterwards', async () => {
    const { watching } = watchForever();
    const clients = Array.from({ length: STREAMS_PER_ACCOUNT_MAX }, () => new AbortController());
    await Promise.all(clients.map((client) => follow({}, client.signal)));
    const refused = await follow();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    await refused.body?.cancel();
    clients[0]!.abort();
    await eventually(() => watching() === STREAMS_PER_ACCOUNT_MAX - 1, { what: 'a place is free' });
    const admitted = new AbortController();
    expect((await follow({}, admitted.signal)).status).toBe(200);
    for (const client of [...clients, admitted]) client.abort();
    await eventually(() => watching() === 0, { what: 'all watches end' });
  });

  it('end when the gateway stops, without keeping it', async () => {
    watchForever();
    const body = (await follow()).text();
    const startedAt = Date.now();
    await test.gateway.stop();
    expect(await body).toContain('video.processing');
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });
});
