import { LedgerServiceClient, type LedgerAnswer, type LedgerCall } from '@usvideo/contracts/ledger';
import { eventually, Signal } from '@usvideo/testing';
import { ExchangeClient, ExchangeTimeout, ExchangeUnavailable } from './exchange-client';
import { echo, Peer, refusalOf, voidHold } from './exchange-peer.fixture';
import { dial, createLogger, SERVER_LEAVING } from '@usvideo/runtime';

const logger = createLogger('test', 'silent');
const broke = jest.spyOn(logger, 'warn');

describe('an exchange with two replicas', () => {
  let replicas: [Peer, Peer];
  let stub: LedgerServiceClient;
  let exchange: ExchangeClient<LedgerCall, LedgerAnswer>;
  const ask = (jobId: string, timeoutMs = 5_000) => exchange.request(voidHold(jobId), timeoutMs);
  const used = () => replicas.find(({ streams }) => streams.length > 0)!;
  const other = () => replicas.find((replica) => replica !== used())!;

  beforeEach(async () => {
    broke.mockClear();
    replicas = [new Peer(), new Peer()];
    await Promise.all(replicas.map((replica) => replica.start()));
    stub = dial(LedgerServiceClient, `ipv4:${replicas[0].address},${replicas[1].address}`);
    exchange = new ExchangeClient({ open: () => stub.exchange(), logger });
    await ask('first');
  });
  afterEach(async () => {
    await exchange.stop();
    stub.close();
    for (const replica of replicas) replica.kill();
  });

  it('has one stream, to one of them', () => {
    expect(replicas.map(({ streams }) => streams.length).sort()).toEqual([0, 1]);
  });

  it('loses what a killed one had not answered, and goes on with the other', async () => {
    const arrived = new Signal('the call has arrived');
    used().handle = () => {
      arrived.emit();
      return new Promise(() => undefined);
    };
    const [lost, survivor] = [ask('lost'), other()];
    await arrived.wait();
    used().kill();
    await expect(lost).rejects.toBeInstanceOf(ExchangeUnavailable);
    expect(refusalOf(await ask('after'))).toBe('after');
    expect(survivor.streams).toHaveLength(1);
  });

  it('leaves one that stops, and still hears what that one owes', async () => {
    const [leaving, survivor] = [used(), other()];
    const [arrived, release] = [new Signal('the call has arrived'), new Signal('it may be answered')];
    leaving.handle = async (call) => {
      arrived.emit();
      await release.wait();
      return echo(call);
    };
    const owed = ask('owed');
    await arrived.wait();
    const ended = new Signal('the stream has ended');
    leaving.streams[0]!.on('end', () => ended.emit()).emit(SERVER_LEAVING);
    await eventually(async () => refusalOf(await ask('after', 100)) === 'after' && survivor.streams.length === 1, {
      what: 'the other one is asked',
    });
    release.emit();
    expect(refusalOf(await owed)).toBe('owed');
    await ended.wait();
  });

  it('ends the stream of a caller that does not hear that it leaves, once nothing is owed on it', async () => {
    const stream = stub.exchange();
    const heard = new Signal('an answer');
    stream.on('data', ({ answers }: { answers: LedgerAnswer[] }) => answers.length > 0 && heard.emit());
    const ended = new Signal('the stream has ended');
    stream.on('end', () => ended.emit());
    stream.write({ calls: [{ callId: 1, traceparent: '', ...voidHold('asked') }] });
    await heard.wait();
    for (const { streams } of replicas) for (const each of streams) each.emit(SERVER_LEAVING);
    await ended.wait();
  });

  it('keeps what it could not send until one is there again', async () => {
    for (const replica of replicas) replica.kill();
    await eventually(() => broke.mock.calls.length > 0, { what: 'the stream to break' });
    const waiting = ['a', 'b'].map((jobId) => ask(jobId, 20_000));
    await replicas[0].start();
    expect((await Promise.all(waiting)).map(refusalOf)).toEqual(['a', 'b']);
  });

  it('leaves one that hangs for the other after a call that heard nothing', async () => {
    const hanging = used();
    const survivor = other();
    hanging.handle = () => new Promise(() => undefined);
    await expect(ask('hangs', 50)).rejects.toBeInstanceOf(ExchangeTimeout);
    await eventually(async () => refusalOf(await ask('after', 50)) === 'after', { what: 'the other replica answers' });
    expect(survivor.streams).toHaveLength(1);
  });

  it('stays with one that answers others while a call is stuck', async () => {
    const replica = used();
    replica.handle = (call) => (call.call?.value.jobId === 'stuck' ? new Promise(() => undefined) : echo(call));
    const stuck = ask('stuck', 200);
    void stuck.catch(() => undefined);
    await ask('beside');
    await expect(stuck).rejects.toBeInstanceOf(ExchangeTimeout);
    await ask('after');
    expect(replica.streams).toHaveLength(1);
  });

  it('takes turns when its stream changes with age', async () => {
    const clock = jest.spyOn(performance, 'now');
    const start = performance.now();
    for (let minute = 1; minute <= 4; minute++) {
      clock.mockImplementation(() => start + minute * 61_000);
      await ask(`minute ${minute}`);
    }
    clock.mockRestore();
    expect(replicas.map(({ streams }) => streams.length).sort()).toEqual([2, 3]);
  });
});
