import type pg from 'pg';
import { settings } from '../../test/dispatch-world';
import { fundedRequest, startSagaWorld, type SagaWorld } from '../../test/saga-world';
import { JobOrders } from '../orders/job-orders.sql';

let world: SagaWorld;
let holder: pg.PoolClient;
/** Nobody gives up while a neighbour is looked for. */
const patient = { times: { sagaMs: 60_000, duplicateMs: 3_000, staleMs: 600_000 } };

beforeEach(async () => {
  world = await startSagaWorld();
  holder = await world.database.connect();
});
afterEach(async () => {
  await holder.query('rollback');
  holder.release();
  await world.close();
});

/** As a process that stopped inside its transaction does. */
async function hold(rows: string, values: readonly unknown[]): Promise<void> {
  await holder.query('begin');
  const { rowCount } = await holder.query(`select from ${rows} for update`, [...values]);
  expect(rowCount).toBe(1);
}

/** What the first is answered once the row comes free; the others are answered while it is held. */
async function othersFirst<Answer>(
  blocked: Promise<Answer>,
  others: readonly Promise<Answer>[],
): Promise<[Answer, Answer[]]> {
  let isAnswered = false;
  const first = blocked.finally(() => {
    isAnswered = true;
  });
  const answers = await Promise.all(others);
  expect(isAnswered).toBe(false);
  await holder.query('commit');
  return [await first, answers];
}

describe('a row that a stopped process holds', () => {
  it("of one account's admission delays its own submissions, and nobody else's", async () => {
    const create = world.replica(patient);
    const [blocked, ...others] = Array.from({ length: 6 }, () => fundedRequest(world.ledger, {}, 2_500_000n));
    await create({ ...blocked!, idempotencyKey: 'the first' });
    await hold("admission where account_id = $1 and environment = 'live'", [blocked!.accountId]);
    const [late, answers] = await othersFirst(
      create(blocked!),
      others.map((request) => create(request)),
    );
    expect([late, ...answers]).toEqual(Array.from({ length: 6 }, () => expect.objectContaining({ refusal: '' })));
  });

  it("of one submission delays its own job, and nobody else's", async () => {
    const create = world.replica(patient);
    const [blocked, ...others] = Array.from({ length: 6 }, () => fundedRequest(world.ledger));
    const place = world.ledger.placeHold.bind(world.ledger);
    jest.spyOn(world.ledger, 'placeHold').mockImplementation(async (order, timeoutMs) => {
      if (order.accountId === blocked!.accountId) await hold('submission where job_id = $1', [order.jobId]);
      return place(order, timeoutMs);
    });
    const [late, answers] = await othersFirst(
      create(blocked!),
      others.map((request) => create(request)),
    );
    expect([late, ...answers]).toEqual(Array.from({ length: 6 }, () => expect.objectContaining({ refusal: '' })));
  });

  it('of one job delays what is ordered of it, and of no other', async () => {
    const create = world.replica(patient);
    const requests = Array.from({ length: 6 }, () => fundedRequest(world.ledger));
    await Promise.all(requests.map((request) => create(request)));
    const { rows } = await world.database.query<{ job_id: string; account_id: string }>(
      'select job_id, account_id from job order by job_id',
    );
    const orders = new JobOrders({ database: world.database, settings, onCommitted: () => undefined });
    const cancel = ({ job_id: jobId, account_id: accountId }: (typeof rows)[number]) =>
      orders.submit({
        type: 'Cancel',
        jobId,
        scope: { accountId, environment: 'live' },
        apiKeyId: '',
        traceparent: '',
      });
    await hold('job where job_id = $1', [rows[0]!.job_id]);
    const [late, answers] = await othersFirst(cancel(rows[0]!), rows.slice(1).map(cancel));
    expect([late, ...answers]).toEqual(
      Array.from({ length: 6 }, () => expect.objectContaining({ kind: 'done', changed: true })),
    );
  });
});
