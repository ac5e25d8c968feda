import { inTransaction } from '@usvideo/event-store';
import { openWorld, type World } from '../../test/dispatch-world';
import { closeSubmissions } from './submission-closer.sql';
import { UnfinishedSubmissions } from './unfinished-submissions.sql';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const keys = async () =>
  (await world.database.query<{ key: string }>('select key from idempotency_key order by key')).rows.map(
    ({ key }) => key,
  );

function claimKey(key: string, jobId: string, ageMinutes = 0) {
  return world.database.query(
    "insert into idempotency_key (account_id, environment, key, request_sha256, job_id, created_at) values ('acc_1', 'live', $1, '', $2, clock_timestamp() - $3 * interval '1 minute')",
    [key, jobId, ageMinutes],
  );
}

describe('an idempotency key', () => {
  it('is kept for a day and longer, and forgotten after it', async () => {
    for (const minutes of [0, 24 * 60 - 1, 24 * 60 + 30, 25 * 60 + 1, 60 * 60])
      await claimKey(`aged ${minutes}`, `job_${minutes}`, minutes);
    expect(await new UnfinishedSubmissions(world.database).forgetOld()).toBe(false);
    expect(await keys()).toEqual(['aged 0', 'aged 1439', 'aged 1470']);
  });

  it('that another submission has by now stays, when a former one of the same key is voided', async () => {
    await world.database.query("insert into admission (account_id, environment, admitted) values ('acc_1', 'live', 2)");
    for (const jobId of ['job_former', 'job_later']) {
      await world.database.query(
        "insert into submission (job_id, account_id, environment, state, idempotency_key, created_at) values ($1, 'acc_1', 'live', 'authorizing', 'the key', clock_timestamp())",
        [jobId],
      );
    }
    await claimKey('the key', 'job_later');
    const close = (jobId: string) =>
      inTransaction(world.database, (tx, now) => closeSubmissions(tx, now, [{ type: 'Void', jobId, askLedger: true }]));
    await close('job_former');
    expect(await keys()).toEqual(['the key']);
    await close('job_later');
    expect(await keys()).toEqual([]);
  });
});
