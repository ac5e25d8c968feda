import { LedgerEvent } from '@usvideo/contracts/ledger';
import { shardOf, type LoggedEvent } from '@usvideo/event-store';
import { call, hasStatus, status } from '@usvideo/runtime';
import { newAccount, startWorld, type SchedulerWorld } from '../../test/scheduler-world';

let world: SchedulerWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

type Recorded = { readonly accountId: string; readonly event: NonNullable<LedgerEvent['event']> };

/** Makes the ledger say that it recorded this. */
function ledgerRecorded(recorded: readonly Recorded[]): void {
  const events = recorded.map(({ accountId, event }, index) => ({
    accountId,
    streamId: accountId,
    shard: shardOf(accountId),
    version: BigInt(index + 1),
    eventId: `evt_${index}`,
    previousEventId: '',
    epoch: 'fake',
    environment: 'live',
    kind: '',
    payload: LedgerEvent.encode({ event }).finish(),
    traceparent: '',
    recordedAt: new Date(0),
  }));
  world.ledger.events = {
    page: async (positions) => ({
      epoch: 'fake',
      more: new Set(),
      events: [...positions].flatMap(([shard, after]) =>
        events
          .filter((event) => event.shard === shard)
          .map((event, index): LoggedEvent => ({ ...event, seq: BigInt(index + 1) }))
          .filter(({ seq }) => seq > after),
      ),
    }),
  };
}

const held = (accountId: string, jobId: string): Recorded => ({
  accountId,
  event: {
    $case: 'holdPlaced',
    value: {
      jobId,
      apiKeyId: 'key_1',
      model: 'test-picture',
      resolution: '720p',
      durationSeconds: 5,
      perSecondMicros: 250_000n,
      priceVersion: 1,
      amountMicros: 1_250_000n,
    },
  },
});
const released = (accountId: string, jobId: string, rule: string): Recorded => ({
  accountId,
  event: { $case: 'holdReleased', value: { jobId, releasedMicros: 1_250_000n, rule } },
});

async function funded(): Promise<string> {
  const accountId = newAccount();
  world.ledger.fund(accountId, 10_000_000n);
  return accountId;
}

describe('reconciliation', () => {
  it('finds nothing where every job has its hold and every verdict its posting', async () => {
    const accountId = await funded();
    const [waiting, cancelled] = [await world.create({ accountId }), await world.create({ accountId })];
    await call(world.client, 'cancelJob', {
      accountId,
      environment: 'live',
      jobId: cancelled.jobId,
      apiKeyId: 'key_1',
    });
    const played = await world.create({ accountId, environment: 'test' });
    ledgerRecorded([
      held(accountId, waiting.jobId),
      held(accountId, played.jobId),
      held(accountId, cancelled.jobId),
      released(accountId, cancelled.jobId, 'cancelled'),
    ]);
    expect(await call(world.client, 'reconcile', { graceSeconds: 0 })).toEqual({
      jobsChecked: 3n,
      holdsChecked: 3n,
      underWay: 0n,
      differences: [],
    });
  });

  it('tells of a job without a hold, a hold without a job and a verdict that was not executed', async () => {
    const accountId = await funded();
    const [bare, unsettled] = [await world.create({ accountId }), await world.create({ accountId })];
    await call(world.client, 'cancelJob', {
      accountId,
      environment: 'live',
      jobId: unsettled.jobId,
      apiKeyId: 'key_1',
    });
    ledgerRecorded([held(accountId, unsettled.jobId), held(accountId, 'job_nobody')]);
    const { differences } = await call(world.client, 'reconcile', { graceSeconds: 0 });
    expect(differences.map((difference) => difference.replace(/ended at \S+,/, 'ended,')).sort()).toEqual(
      [
        `${bare.jobId} was submitted and its hold was never placed`,
        `${unsettled.jobId} ended, its verdict charges $0.00 and releases $1.25 as cancelled, and the hold is still pending`,
        'job_nobody: $1.25 is held since 1970-01-01T00:00:00.000Z for a job that does not exist',
      ].sort(),
    );
  });

  it('keeps what it found and when, newest first', async () => {
    await world.create({ accountId: await funded() });
    ledgerRecorded([]);
    await call(world.client, 'reconcile', {});
    const { differences } = await call(world.client, 'reconcile', { graceSeconds: 0 });
    const { runs } = await call(world.client, 'listReconciliations', { limit: 10 });
    expect(runs.map(({ graceSeconds, found }) => [graceSeconds, found!.differences])).toEqual([
      [0, differences],
      [600, []],
    ]);
    expect(runs[0]!.endedAt! >= runs[0]!.startedAt!).toBe(true);
    expect((await call(world.client, 'listReconciliations', { limit: 1 })).runs).toHaveLength(1);
  });

  it('waits ten minutes before it misses anything', async () => {
    await world.create({ accountId: await funded() });
    ledgerRecorded([]);
    expect(await call(world.client, 'reconcile', {})).toMatchObject({ underWay: 1n, differences: [] });
  });

  it('tells of an event that is missing from the log of jobs', async () => {
    const accountId = await funded();
    const { jobId } = await world.create({ accountId });
    await call(world.client, 'cancelJob', { accountId, environment: 'live', jobId, apiKeyId: 'key_1' });
    ledgerRecorded([held(accountId, jobId), released(accountId, jobId, 'cancelled')]);
    await world.database.query(
      "set session_replication_role = replica; delete from event where kind = 'job_submitted'",
    );
    const { differences } = await call(world.client, 'reconcile', { graceSeconds: 0 });
    expect(differences).toEqual(
      expect.arrayContaining([
        `usvideo.jobs.v1, shard ${shardOf(accountId)}: event 2 follows 0, what was between them is missing`,
        `${jobId} ended and was never submitted`,
      ]),
    );
  });
});

describe('a quote', () => {
  it('goes to the ledger with the hold', async () => {
    const answer = await world.create({ accountId: await funded(), quoteId: '990000' });
    expect(JSON.parse(answer.jobJson)).toMatchObject({ estimated_cost: '$0.99' });
  });

  it('binds a test job too', async () => {
    const answer = await world.create({ environment: 'test', quoteId: '990000' });
    expect(JSON.parse(answer.jobJson)).toMatchObject({ estimated_cost: '$0.99', livemode: false });
  });

  it.each([
    ['expired', 'quote_expired', 'live'],
    ['other', 'quote_mismatch', 'live'],
    ['expired', 'quote_expired', 'test'],
    ['other', 'quote_mismatch', 'test'],
  ])('%s is refused as %s (%s), and leaves no trace', async (quoteId, refusal, environment) => {
    const request = { accountId: await funded(), environment, idempotencyKey: 'order-7' };
    expect(await world.create({ ...request, quoteId })).toMatchObject({ refusal, jobJson: '' });
    expect(await world.create(request)).toMatchObject({ refusal: '', replayed: false });
  });
});

describe('billing asks', () => {
  it('which model a request would get', async () => {
    const terms = {
      model: 'default',
      mode: 'text_to_video',
      resolution: '720p',
      aspectRatio: '16:9',
      durationSeconds: 5,
      seed: 0,
    };
    expect(await call(world.client, 'chooseModel', { terms })).toEqual({ modelId: 'test-picture' });
    const refused = await call(world.client, 'chooseModel', { terms: { ...terms, resolution: '4k' } }).catch(
      (error: unknown) => error,
    );
    expect(hasStatus(refused, status.NOT_FOUND)).toBe(true);
  });

  it('how long slots were taken, of a year at most', async () => {
    const order = { byDay: true, byAccount: false, byModel: false };
    const asked = (startDate: string, endDate: string) =>
      call(world.client, 'listRenderTimes', { ...order, startDate, endDate }).catch((error: unknown) => error);
    expect(await asked('2026-01-01', '2026-12-31')).toEqual({ times: [] });
    expect(hasStatus(await asked('2024-01-01', '2026-01-01'), status.OUT_OF_RANGE)).toBe(true);
    expect(hasStatus(await asked('2026-02-30', '2026-03-01'), status.INVALID_ARGUMENT)).toBe(true);
  });

  it('whom jobs were made for, of its own account only', async () => {
    const accountId = await funded();
    const [named, unnamed] = [
      await world.create({ accountId, content: { prompt: 'p', metadata: new Map(), endUser: 'ada' } }),
      await world.create({ accountId, content: { prompt: 'p', metadata: new Map() } }),
    ];
    const jobIds = [named.jobId, unnamed.jobId, 'job_nobody'];
    expect(await call(world.client, 'listEndUsers', { accountId, environment: 'live', jobIds })).toEqual({
      jobs: [{ jobId: named.jobId, endUser: 'ada' }],
    });
    expect(await call(world.client, 'listEndUsers', { accountId: newAccount(), environment: 'live', jobIds })).toEqual({
      jobs: [],
    });
  });
});
