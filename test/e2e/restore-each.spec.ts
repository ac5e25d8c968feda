import { absent, describeOwnKafka, eventually } from '@usvideo/testing';
import { Drill, DRILLS_IN_FULL, type RestoredShard } from './drill';
import { Restoring } from './restoring';
import { register, START_TIMEOUT_MS } from './stage';

const STEP_TIMEOUT_MS = 400_000;
const NAME = 'with one database restored and the others ahead';

/**
 * `docs/runbooks/restore.md` for the databases of which `restore.spec.ts` does not tell, one after the other; what a restore leaves
 * contradicted is named until an operator corrects it, so that the ledger comes last.
 */
function drills(): void {
  let drill: Drill;

  beforeAll(async () => {
    drill = await Drill.start();
  }, START_TIMEOUT_MS + STEP_TIMEOUT_MS);
  afterAll(() => drill?.stop(), START_TIMEOUT_MS);

  /** Every consumer that heard what is lost stands still, says how much that is, and goes on when it is told to. */
  async function adopted(consumers: readonly string[]): Promise<void> {
    for (const consumer of consumers) {
      const shards = await eventually(
        async () => {
          const found = await drill.lost(consumer);
          return found.length > 0 && found;
        },
        { what: `what ${consumer} heard and is lost`, deadlineMs: 60_000 },
      );
      for (const { heard_seq: heard, shared_seq: shared, lost } of shards)
        expect([consumer, lost]).toEqual([consumer, heard - shared!]);
      const { status, body } = await drill.stage.admin.post<{ adopted: RestoredShard[] }>(
        `/admin/v1/consumers/${consumer}/adopt`,
      );
      const told = shards.map(({ topic, shard }) => expect.objectContaining({ topic, shard }));
      expect([consumer, status, body.adopted]).toEqual([consumer, 200, expect.arrayContaining(told)]);
      expect([consumer, await drill.lost(consumer)]).toEqual([consumer, []]);
    }
  }

  it(
    'of webhooks: what was sent since is sent again under the same id, and nothing is missed',
    async () => {
      const restoring = new Restoring(drill.cluster, 'webhooks');
      await drill.finished('told before the backup');
      await restoring.backUp();
      await drill.finished('told after the backup');
      await restoring.bringBack();
      const meanwhile = await drill.stage.live.ended(await drill.ordered('while webhooks is away'));
      expect(meanwhile.status).toBe('completed');
      await restoring.start();
      await drill.heard('told after the backup', 2);
      await drill.heard('while webhooks is away');
      expect(new Set(drill.told('told after the backup')).size).toBe(1);
      expect(drill.told('told before the backup')).toHaveLength(1);
      await drill.expectWhole();
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'of accounts: whoever came since is gone, and what is changed afterwards holds everywhere',
    async () => {
      const restoring = new Restoring(drill.cluster, 'accounts');
      await restoring.backUp();
      const gone = await eventually(() => register(drill.cluster).catch(() => undefined), {
        what: 'an account to be made',
        deadlineMs: 60_000,
      });
      expect((await gone.live.get('/v1/balance')).status).toBe(200);
      await restoring.bringBack();
      expect(await drill.renewEpoch('accounts')).toBeGreaterThan(0);
      await restoring.start();
      await adopted(['scheduler']);
      await eventually(async () => (await gone.live.get('/v1/balance')).status === 401, {
        what: 'the lost key to be refused',
        deadlineMs: 60_000,
      });
      const { admin, live, accountId } = drill.stage;
      await admin.put(`/admin/v1/accounts/${accountId}/limits`, { environment: 'live', concurrent_jobs: 7 });
      const allowed = async () =>
        (await live.get<{ concurrent_jobs: { allowed: number } }>('/v1/limits')).body.concurrent_jobs.allowed;
      await eventually(async () => (await allowed()) === 7, { what: 'the limit set since', deadlineMs: 60_000 });
      await drill.finished('after accounts was restored');
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'of the ledger: the jobs that were paid since are named, and all later ones are paid',
    async () => {
      const before = await drill.differences();
      const restoring = new Restoring(drill.cluster, 'ledger');
      await restoring.backUp();
      const lost = await drill.finished('paid after the backup');
      await restoring.bringBack();
      expect(await drill.renewEpoch('ledger')).toBeGreaterThan(0);
      await restoring.start();
      const later = await drill.finished('after the ledger was restored');
      expect(await drill.verified()).toEqual([[], 0]);
      const added = (await drill.differences()).filter((difference) => !before.includes(difference));
      expect(added.filter((difference) => !difference.includes(lost.id))).toEqual([]);
      expect(added.filter((difference) => difference.includes(lost.id)).length).toBeGreaterThan(0);
      expect((await drill.stage.live.settled(later.id)).billing.state).toBe('charged');
    },
    STEP_TIMEOUT_MS,
  );
}

if (DRILLS_IN_FULL) describeOwnKafka(NAME, drills);
else absent(NAME, '`npm run drills` was not asked for', { failsInCi: false });
