import { inTransaction, type Transaction } from '@usvideo/event-store';
import { ulid } from 'ulid';
import { openWorld, type World } from '../../test/dispatch-world';
import { traces } from '../../test/saga-world';
import { newAccount, sha256 } from '../../test/scheduler-world';
import { closeSubmissions, type CloseSubmission, type Submission } from './submission-closer.sql';
import { SubmissionOpener, type Opened, type OpenSubmission } from './submission-opener.sql';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const opening = (accountId: string, idempotencyKey: string): OpenSubmission => ({
  jobId: `job_${ulid()}`,
  accountId,
  environment: 'live',
  idempotencyKey,
  requestSha256: sha256('a request'),
  refusal: undefined,
});

function submission({ jobId, accountId }: OpenSubmission): Submission {
  return {
    jobId,
    accountId,
    environment: 'live',
    apiKeyId: 'key_1',
    jobClass: 'procedural',
    expectedGpuMs: 5_000,
    estimatedCostMicros: 1n,
    deadlineSeconds: 60,
    holdSeconds: 0,
    traceparent: '',
    content: { prompt: 'a lighthouse', metadata: new Map() },
    terms: {
      model: 'test-picture',
      mode: 'text_to_video',
      resolution: '720p',
      aspectRatio: '16:9',
      durationSeconds: 5,
      seed: 7,
    },
  };
}

const close = (...commands: CloseSubmission[]) =>
  inTransaction(world.database, (tx, now) => closeSubmissions(tx, now, commands));

/** Nobody knows whether the first commit took place: the lane runs the same batch again. */
describe('a batch that comes twice', () => {
  it.each(['order-7', ''])('opens once (key %p)', async (key) => {
    const accountId = newAccount();
    const opener = new SubmissionOpener();
    const command = opening(accountId, key);
    const open = (): Promise<Opened[]> => inTransaction(world.database, (tx, now) => opener.apply(tx, now, [command]));
    expect(await open()).toMatchObject([{ kind: 'opened', waiting: 1 }]);
    expect(await open()).toMatchObject([{ kind: 'opened', waiting: 1 }]);
    expect(await traces(world.database, accountId)).toMatchObject({
      keys: key === '' ? 0 : 1,
      admitted: 1,
      submissions: ['authorizing'],
    });
  });

  it('submits once, and gives back once', async () => {
    const accountId = newAccount();
    const [kept, given] = [opening(accountId, 'order-7'), opening(accountId, 'order-8')];
    await inTransaction(world.database, (tx, now) => new SubmissionOpener().apply(tx, now, [kept, given]));
    const batch: CloseSubmission[] = [
      { type: 'Submit', submission: submission(kept) },
      { type: 'Void', jobId: given.jobId, askLedger: true },
    ];
    expect(await close(...batch)).toMatchObject([
      { kind: 'submitted', job: { jobId: kept.jobId } },
      { kind: 'voided' },
    ]);
    expect(await close(...batch)).toEqual([{ kind: 'submitted' }, { kind: 'voided' }]);
    expect(await traces(world.database, accountId)).toEqual({
      keys: 1,
      admitted: 1,
      jobs: 1,
      events: 1,
      submissions: ['submitted', 'voiding'],
    });
  });

  it('lets one of submit and give back win, whichever comes first', async () => {
    const accountId = newAccount();
    const commands = [opening(accountId, 'order-7'), opening(accountId, 'order-8')];
    await inTransaction(world.database, (tx, now) => new SubmissionOpener().apply(tx, now, commands));
    const [first, second] = commands as [OpenSubmission, OpenSubmission];
    await close({ type: 'Submit', submission: submission(first) });
    expect(await close({ type: 'Void', jobId: first.jobId, askLedger: true })).toEqual([{ kind: 'submitted' }]);
    await close({ type: 'Void', jobId: second.jobId, askLedger: true });
    expect(await close({ type: 'Submit', submission: submission(second) })).toEqual([{ kind: 'voided' }]);
    expect(await traces(world.database, accountId)).toMatchObject({ keys: 1, admitted: 1, jobs: 1 });
  });
});

it('submissions are closed without a look at the index of those unfinished, which grows with every one until the next vacuum', async () => {
  const commands = [opening(newAccount(), ''), opening(newAccount(), '')] as const;
  await world.database.query(`
    insert into submission (job_id, account_id, environment, state, created_at) select 'job_' || n, 'acc_1', 'live', 'submitted', now() from generate_series(1, 5000) n`);
  await world.database.query('analyze submission');
  await inTransaction(world.database, (tx, now) => new SubmissionOpener().apply(tx, now, commands));
  const scans = (tx: Transaction) =>
    tx.query<{ scans: bigint }>(`select pg_stat_get_xact_numscans('submission_unfinished'::regclass) as scans`);
  const [before, after] = await inTransaction(world.database, async (tx, now) => {
    const {
      rows: [first],
    } = await scans(tx);
    await closeSubmissions(tx, now, [
      { type: 'Submit', submission: submission(commands[0]) },
      { type: 'Void', jobId: commands[1].jobId, askLedger: true },
    ]);
    const {
      rows: [last],
    } = await scans(tx);
    return [first, last];
  });
  expect(after).toEqual(before);
});
