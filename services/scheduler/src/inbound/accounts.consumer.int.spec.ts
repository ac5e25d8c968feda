import { AccountEvent } from '@usvideo/contracts/accounts';
import { inTransaction, type LoggedEvent, shardOf } from '@usvideo/event-store';
import { addJobs, claimOnce, freeWorker, openWorld, type World } from '../../test/dispatch-world';
import { addAccountRows, setLimits } from '../limits/account-limits.sql';
import { accountEvents, handleAccountEvent } from './accounts.consumer';

const accountId = 'acc_1';
const limits = { concurrentJobs: 50, queuedJobs: 10_000, createsPerMinute: 300, readsPerMinute: 3_000 };

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

async function hear(event: NonNullable<AccountEvent['event']>): Promise<void> {
  const payload = AccountEvent.encode({ event }).finish();
  const logged = { streamId: accountId, kind: event.$case, payload } as LoggedEvent;
  await inTransaction(world.database, (tx) => handleAccountEvent(logged, tx));
}

function limitsSet(concurrentJobs: number, limitsVersion: bigint): NonNullable<AccountEvent['event']> {
  return {
    $case: 'limitsSet',
    value: { accountId, environment: 'live', limits: { ...limits, concurrentJobs }, limitsVersion, author: 'operator' },
  };
}

async function held(environment = 'live') {
  const { rows } = await world.database.query(
    'select concurrent_jobs, suspended, limits_version from account_slot where environment = $1',
    [environment],
  );
  return rows[0];
}

describe('what accounts may do', () => {
  it('is heard from events, each environment for itself', async () => {
    await hear({ $case: 'accountCreated', value: { accountId, name: 'A', plan: 'enterprise' } });
    await hear(limitsSet(50, 1n));
    expect(await held()).toEqual({ concurrent_jobs: 50, suspended: false, limits_version: 1n });
    expect(await held('test')).toEqual({ concurrent_jobs: 10, suspended: false, limits_version: 0n });
  });

  it('never goes back to an older version', async () => {
    await addAccountRows(world.database, accountId);
    expect(
      await setLimits(world.database, { accountId, environment: 'live', limits, version: 5n, suspended: true }),
    ).toBe(true);
    await hear(limitsSet(10, 4n));
    await hear({ $case: 'accountResumed', value: { author: 'operator', limitsVersion: 3n } });
    expect(await held()).toEqual({ concurrent_jobs: 50, suspended: true, limits_version: 5n });
    expect(
      await setLimits(world.database, { accountId, environment: 'live', limits, version: 5n, suspended: false }),
    ).toBe(false);
  });

  it('is heard again from a restored log of accounts, of the shards that were restored, although its versions count from further back', async () => {
    const elsewhere = ['acc_2', 'acc_3', 'acc_4'].find((other) => shardOf(other) !== shardOf(accountId))!;
    for (const id of [accountId, elsewhere]) {
      await addAccountRows(world.database, id);
      await setLimits(world.database, { accountId: id, environment: 'live', limits, version: 5n, suspended: false });
    }
    const { restored } = accountEvents(world.database, { nudge: () => undefined });
    await inTransaction(world.database, (tx) => restored!.reconcile(tx, shardOf(accountId), 0n));
    await hear(limitsSet(20, 2n));
    const { rows } = await world.database.query(
      `select account_id, concurrent_jobs, limits_version from account_slot where environment = 'live' order by account_id`,
    );
    expect([restored!.hearsAgain, rows]).toEqual([
      true,
      [
        { account_id: accountId, concurrent_jobs: 20, limits_version: 2n },
        { account_id: elsewhere, concurrent_jobs: 50, limits_version: 5n },
      ],
    ]);
  });

  it('freezes the queue of a suspended account and lets what runs finish', async () => {
    await hear(limitsSet(10, 1n));
    await addJobs(world.database, accountId, 3);
    await claimOnce(world.database, [freeWorker(1)]);
    await hear({ $case: 'accountSuspended', value: { author: 'operator', reason: 'unpaid', limitsVersion: 2n } });
    expect((await claimOnce(world.database, [freeWorker(1)])).leased).toEqual([]);
    expect((await world.database.query("select 1 from job_queue where state = 'leased'")).rowCount).toBe(1);
    await hear({ $case: 'accountResumed', value: { author: 'operator', limitsVersion: 3n } });
    expect((await claimOnce(world.database, [freeWorker(1)])).leased).toHaveLength(1);
  });
});
