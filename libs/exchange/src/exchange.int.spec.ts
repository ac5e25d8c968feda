import { LedgerServiceClient, type LedgerAnswer, type LedgerCall } from '@usvideo/contracts/ledger';
import { eventually, Signal } from '@usvideo/testing';
import { ExchangeClient, ExchangeTimeout, ExchangeUnavailable, type ExchangeClientOptions } from './exchange-client';
import { answerWith, echo, jobIdOf, Peer, refusalOf, voidHold } from './exchange-peer.fixture';
import { dial, createLogger, currentTraceparent, inSpan, traceIdOf } from '@usvideo/runtime';

const logger = createLogger('test', 'silent');

describe('an exchange', () => {
  let peer: Peer;
  let stub: LedgerServiceClient;
  let exchange: ExchangeClient<LedgerCall, LedgerAnswer>;

  function connect(options: Partial<ExchangeClientOptions<LedgerCall, LedgerAnswer>> = {}): void {
    stub = dial(LedgerServiceClient, peer.address);
    exchange = new ExchangeClient({ open: () => stub.exchange(), logger, ...options });
  }
  const ask = (jobId: string, timeoutMs = 5_000) => exchange.request(voidHold(jobId), timeoutMs);

  beforeEach(async () => {
    peer = new Peer();
    await peer.start();
    connect();
  });
  afterEach(async () => {
    await exchange.stop();
    stub.close();
    peer.kill();
  });

  it('frames together what was asked in one tick, on one stream', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(`job_${i}`)));
    expect(answers.map(refusalOf)).toEqual(Array.from({ length: 100 }, (_, i) => `job_${i}`));
    expect(peer.frames).toEqual([100]);
    expect(peer.streams).toHaveLength(1);
  });

  it('carries more than a message may hold in one tick, either way, and a small call is not harmed', async () => {
    const large = 'x'.repeat(300_000);
    peer.handle = async (call) =>
      answerWith(jobIdOf(call) === 'small' ? 'small' : `${large}${jobIdOf(call).slice(0, 3)}`);
    const answers = Promise.all(
      Array.from({ length: 100 }, (_, i) => ask(`${String(i).padStart(3, '0')}${large}`, 30_000)),
    );
    expect(refusalOf(await ask('small', 30_000))).toBe('small');
    expect((await answers).map((answer) => refusalOf(answer).slice(-3))).toEqual(
      Array.from({ length: 100 }, (_, i) => String(i).padStart(3, '0')),
    );
    expect(peer.streams).toHaveLength(1);
  });

  it('answers in any order: a stuck call delays only itself', async () => {
    const release = new Signal('the stuck call may go on');
    peer.handle = async (call) => {
      if (jobIdOf(call) === 'stuck') await release.wait();
      return echo(call);
    };
    const stuck = ask('stuck');
    await Promise.all([ask('a'), ask('b')]);
    release.emit();
    expect(refusalOf(await stuck)).toBe('stuck');
  });

  it('runs each call inside its own trace', async () => {
    peer.handle = async () => answerWith(traceIdOf(currentTraceparent()));
    const askTraced = () =>
      inSpan('test', { root: true }, async () => [traceIdOf(), refusalOf(await ask('job'))] as const);
    const [first, second] = await Promise.all([askTraced(), askTraced()]);
    expect(first[1]).toBe(first[0]);
    expect(second[1]).toBe(second[0]);
    expect(first[0]).not.toBe(second[0]);
  });

  it('rejects a call that failed over there, telling nothing of the reason, and none beside it', async () => {
    peer.handle = async (call) => {
      if (jobIdOf(call) === 'bad') throw new Error('the password is hunter2');
      return echo(call);
    };
    const [bad, good] = await Promise.allSettled([ask('bad'), ask('good')]);
    expect(bad).toMatchObject({
      reason: { name: 'ExchangeUnavailable', message: 'exchange: the other side failed: internal error' },
    });
    expect(good.status).toBe('fulfilled');
  });

  it('gives up on a late answer and ignores it when it comes', async () => {
    const release = new Signal('the late answer may come');
    peer.handle = async (call) => {
      if (jobIdOf(call) === 'late') await release.wait();
      return echo(call);
    };
    await expect(ask('late', 20)).rejects.toBeInstanceOf(ExchangeTimeout);
    release.emit();
    expect(refusalOf(await ask('next'))).toBe('next');
  });

  it('never has more outstanding than its limit, and refuses what it cannot queue', async () => {
    await exchange.stop();
    connect({ outstandingMax: 3, queuedMax: 5 });
    const release = new Signal('answers may go out');
    let running = 0;
    let most = 0;
    peer.handle = async (call) => {
      most = Math.max(most, ++running);
      await release.wait();
      running -= 1;
      return echo(call);
    };
    const first = Array.from({ length: 3 }, (_, i) => ask(`first_${i}`));
    await eventually(() => running === 3, { what: 'three calls are outstanding' });
    const queued = Array.from({ length: 5 }, (_, i) => ask(`queued_${i}`));
    await expect(ask('too much')).rejects.toThrow('too many calls wait');
    release.emit();
    await Promise.all([...first, ...queued]);
    expect(most).toBe(3);
  });

  it('frees the place of a call that timed out', async () => {
    await exchange.stop();
    connect({ outstandingMax: 1 });
    peer.handle = (call) => (jobIdOf(call) === 'never' ? new Promise(() => undefined) : echo(call));
    const [never, next] = await Promise.allSettled([ask('never', 50), ask('next')]);
    expect(never).toMatchObject({ reason: { name: 'ExchangeTimeout' } });
    expect(next.status).toBe('fulfilled');
  });

  it('rejects everything outstanding when the stream breaks, and opens it again', async () => {
    const arrived = new Signal('the calls have arrived');
    peer.handle = () => {
      arrived.emit();
      return new Promise(() => undefined);
    };
    const lost = Promise.allSettled([ask('a'), ask('b')]);
    await arrived.wait();
    peer.kill();
    for (const outcome of await lost) expect(outcome).toMatchObject({ reason: { name: 'ExchangeUnavailable' } });
    peer.handle = echo;
    await peer.start();
    await eventually(async () => refusalOf(await ask('again', 1_000)) === 'again', {
      what: 'the exchange works again',
    });
  });

  it('breaks politely too: the other side ends the stream', async () => {
    peer.serve = (stream) => {
      stream.on('data', () => stream.end());
    };
    await expect(ask('a')).rejects.toThrow('ended the stream');
    peer.serve = undefined;
    expect(refusalOf(await ask('b'))).toBe('b');
  });

  it('keeps calls made while nobody listens until their time is over', async () => {
    peer.kill();
    const [outcome] = await Promise.allSettled([ask('a', 200)]);
    expect(outcome.status).toBe('rejected');
    const waiting = ask('b', 200);
    await expect(waiting).rejects.toThrow('exchange:');
  });

  it('rejects what is unanswered when it stops, and what comes after', async () => {
    peer.handle = () => new Promise(() => undefined);
    const unanswered = ask('a');
    await Promise.all([exchange.stop(), expect(unanswered).rejects.toBeInstanceOf(ExchangeUnavailable)]);
    await exchange.stop();
    await expect(ask('b')).rejects.toThrow('stopped');
  });

  it('changes to a new stream before the old one ages, losing no answer', async () => {
    const release = new Signal('the answer on the old stream may go out');
    peer.handle = async (call) => {
      if (jobIdOf(call) === 'old') await release.wait();
      return echo(call);
    };
    const old = ask('old');
    await eventually(() => peer.streams.length === 1, { what: 'the first stream is open' });
    const later = performance.now() + 61_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => later);
    expect(refusalOf(await ask('new'))).toBe('new');
    clock.mockRestore();
    expect(peer.streams).toHaveLength(2);
    const ended = new Signal('the old stream has ended');
    peer.streams[0]!.on('end', () => ended.emit());
    release.emit();
    expect(refusalOf(await old)).toBe('old');
    await ended.wait();
  });
});
