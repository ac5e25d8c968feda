import { bookOf } from '@usvideo/contracts/books';
import { JobEvent } from '@usvideo/contracts/scheduler';
import {
  appendEvents,
  EMPTY_HEAD,
  eventStoreSchema,
  inTransaction,
  openDatabase,
  type Database,
} from '@usvideo/event-store';
import { LocalTransport, type Publisher } from '@usvideo/messaging';
import { createLogger, migrateDatabase, type Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { LEDGER_MIGRATIONS } from '../migrations/all';
import { LedgerVerifier } from '../proof/verifier.sql';
import { jobsSubscription } from './jobs.consumer';

const logger = createLogger('ledger', 'silent');
const PRICE_MICROS = 1_250_000n;

describe('the jobs consumer', () => {
  let jobs: Database;
  let ledger: Database;
  let writer: LedgerWriter;
  let reader: LedgerReader;
  let publisher: Publisher;
  let consumer: Running;

  beforeAll(async () => {
    const server = await postgres();
    const url = await server.createDatabase('ledger');
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    ledger = openDatabase({ url, poolSize: 12, applicationName: 'ledger' }, () => undefined);
    jobs = openDatabase(
      { url: await server.createDatabase('jobs'), poolSize: 4, applicationName: 'jobs' },
      () => undefined,
    );
    await jobs.query(eventStoreSchema);
    writer = new LedgerWriter({ database: ledger, lanes: 2, onCommitted: () => undefined, logger });
    reader = new LedgerReader(ledger);
    const transport = new LocalTransport({ logger });
    publisher = transport.publish({ topic: 'usvideo.jobs.v1', database: jobs });
    consumer = transport.subscribe(jobsSubscription(ledger, writer, { nudge: () => undefined }));
  });

  afterAll(async () => {
    expect((await new LedgerVerifier(ledger).verify()).differences).toEqual([]);
    await consumer.stop();
    await publisher.stop();
    await Promise.all([jobs.end(), ledger.end()]);
  });

  const verdict = (chargedMicros: bigint, rule: string) => ({
    chargedMicros,
    releasedMicros: PRICE_MICROS - chargedMicros,
    rule,
  });
  const cancelled = (charged = 0n): JobEvent => ({
    event: { $case: 'jobCancelled', value: { verdict: verdict(charged, 'cancelled'), byOwnKey: false } },
  });
  const failed = (): JobEvent => ({
    event: {
      $case: 'jobFailed',
      value: {
        attempt: 1,
        leaseId: '',
        errorCode: 'engine_error',
        errorMessage: '',
        verdict: verdict(0n, 'engine_error'),
      },
    },
  });
  const completed = (): JobEvent => ({
    event: {
      $case: 'jobCompleted',
      value: { attempt: 1, leaseId: '', artifact: undefined, verdict: verdict(PRICE_MICROS, 'completed') },
    },
  });

  async function heldJob(accountId = `acc_${ulid()}`): Promise<{ accountId: string; jobId: string }> {
    const held = { accountId, jobId: `job_${ulid()}` };
    await writer.submit({
      type: 'AddFunds',
      accountId: held.accountId,
      amountMicros: 10_000_000n,
      source: 'manual',
      paymentRef: 'pay_1',
      author: '',
      note: '',
    });
    await writer.submit({
      type: 'PlaceHold',
      ...held,
      terms: { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 },
    });
    return held;
  }

  async function publish(
    { accountId, jobId }: { accountId: string; jobId: string },
    event: JobEvent,
    environment = 'live',
  ): Promise<void> {
    await inTransaction(jobs, (tx, now) =>
      appendEvents(tx, now, [
        {
          streamId: jobId,
          accountId,
          environment,
          head: EMPTY_HEAD,
          events: [{ kind: 'job_ended', payload: JobEvent.encode(event).finish(), traceparent: '' }],
        },
      ]),
    );
    publisher.nudge();
  }

  const eventsOf = async (accountId: string) =>
    (
      await ledger.query<{ kind: string }>('select kind from event where stream_id = $1 order by version', [accountId])
    ).rows.map((row) => row.kind);
  const ended = (accountId: string) =>
    eventually(async () => (await reader.balance(accountId)).heldMicros === 0n, { what: 'the hold ends' });
  const parkedReason = (jobId: string) =>
    eventually(
      async () =>
        (await ledger.query<{ reason: string }>('select reason from parked_event where stream_id = $1', [jobId]))
          .rows[0]?.reason,
      { what: 'the event is parked' },
    );

  it.each([
    ['completed', completed, 8_750_000n],
    ['failed', failed, 10_000_000n],
    ['cancelled', cancelled, 10_000_000n],
  ] as const)('executes the verdict of a %s job', async (_, ending, availableMicros) => {
    const job = await heldJob();
    await publish(job, ending());
    await ended(job.accountId);
    expect(await reader.balance(job.accountId)).toMatchObject({
      availableMicros,
      totalSpendMicros: 10_000_000n - availableMicros,
    });
  });

  it('and the direct call end 50 holds once each', async () => {
    const held = await Promise.all(Array.from({ length: 50 }, () => heldJob()));
    await Promise.all(
      held.flatMap((job) => [
        publish(job, completed()),
        writer.submit({ type: 'Settle', ...job, chargedMicros: PRICE_MICROS, releasedMicros: 0n, rule: 'completed' }),
      ]),
    );
    const last = await heldJob();
    await publish(last, cancelled());
    await ended(last.accountId);
    for (const { accountId } of held)
      expect(await eventsOf(accountId)).toEqual(['funds_added', 'hold_placed', 'hold_captured']);
  });

  it('records a verdict that contradicts the hold and goes on', async () => {
    const job = await heldJob();
    await writer.submit({ type: 'VoidHold', ...job });
    await publish(job, completed());
    await eventually(async () => (await eventsOf(job.accountId)).includes('late_outcome_recorded'), {
      what: 'the late outcome is recorded',
    });
    expect(await reader.balance(job.accountId)).toMatchObject({ availableMicros: 10_000_000n, totalSpendMicros: 0n });
  });

  it('charges a test job to the play money of its account', async () => {
    const accountId = `acc_${ulid()}`;
    const job = { accountId: bookOf(accountId, 'test'), jobId: `job_${ulid()}` };
    await writer.submit({
      type: 'PlaceHold',
      ...job,
      terms: { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 },
    });
    await publish({ accountId, jobId: job.jobId }, completed(), 'test');
    await ended(job.accountId);
    expect(await reader.balance(job.accountId)).toMatchObject({
      availableMicros: 998_750_000n,
      totalSpendMicros: PRICE_MICROS,
    });
    expect(await reader.balance(accountId)).toMatchObject({ version: 0n });
  });

  it('passes over test jobs from before the sandbox had holds, and over events that end nothing', async () => {
    const job = await heldJob();
    await publish({ accountId: job.accountId, jobId: `job_${ulid()}` }, completed(), 'test');
    const erased = { accountId: job.accountId, jobId: `job_${ulid()}` };
    await publish(erased, { event: { $case: 'contentErased', value: {} } });
    const later = { accountId: job.accountId, jobId: `job_${ulid()}` };
    await writer.submit({
      type: 'PlaceHold',
      ...later,
      terms: { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 },
    });
    await publish(later, cancelled());
    await eventually(async () => (await eventsOf(job.accountId)).includes('hold_released'), {
      what: 'the later event of the shard is handled',
    });
    expect((await reader.balance(job.accountId)).heldMicros).toBe(PRICE_MICROS);
  });

  it.each([
    [
      'that is more than the hold',
      (): JobEvent => ({
        event: {
          $case: 'jobCancelled',
          value: { verdict: { chargedMicros: PRICE_MICROS + 1n, releasedMicros: 0n, rule: '' }, byOwnKey: false },
        },
      }),
      'capture_exceeds_hold',
    ],
    [
      'that is missing',
      (): JobEvent => ({ event: { $case: 'jobCancelled', value: { verdict: undefined, byOwnKey: false } } }),
      'verdict_missing',
    ],
    ['in an event of a later version', (): JobEvent => ({ event: undefined }), 'unknown kind'],
  ])('parks a verdict %s and keeps the money held', async (_, ending, reason) => {
    const job = await heldJob();
    await publish(job, ending());
    expect(await parkedReason(job.jobId)).toContain(reason);
    expect((await reader.balance(job.accountId)).heldMicros).toBe(PRICE_MICROS);
  });
});
