import { bookOf } from '@usvideo/contracts/books';
import { fundedRequest, startSagaWorld, traces, type SagaWorld } from '../../test/saga-world';

let world: SagaWorld;
beforeEach(async () => {
  world = await startSagaWorld();
});
afterEach(() => world.close());

const funded = (over = {}) => fundedRequest(world.ledger, { idempotencyKey: '', ...over }, 1_000_000_000n);

describe('limits of an account', () => {
  it('lets as many jobs wait as it may have queued, and not one more when many come at once', async () => {
    const create = world.replica();
    const other = world.replica();
    const request = funded();
    await create(request);
    await world.database.query('update account_slot set queued_jobs = 5 where account_id = $1', [request.accountId]);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => (index % 2 ? create : other)(request)));
    expect(answers.filter((answer) => answer.refusal === '')).toHaveLength(4);
    expect(new Set(answers.map((answer) => answer.refusal))).toEqual(new Set(['', 'queue_limit_exceeded']));
    expect(answers.find((answer) => answer.refusal !== '')!.retryAfterMs).toBeGreaterThan(0);
    expect(await traces(world.database, request.accountId)).toMatchObject({ admitted: 5, jobs: 5 });
    expect(world.ledger.pendingHolds()).toHaveLength(5);
  });

  it('has room again for the job that left', async () => {
    const create = world.replica();
    const request = funded();
    await create(request);
    await world.database.query('update account_slot set queued_jobs = 1 where account_id = $1', [request.accountId]);
    expect(await create(request)).toMatchObject({ refusal: 'queue_limit_exceeded' });
    await world.database.query('update account_slot set departed = departed + 1 where account_id = $1', [
      request.accountId,
    ]);
    expect(await create(request)).toMatchObject({ refusal: '' });
  });

  it('refuses over the rate without asking the ledger, and says when to retry', async () => {
    const create = world.replica();
    const request = funded();
    await create(request);
    await world.database.query('update account_slot set creates_per_minute = 2 where account_id = $1', [
      request.accountId,
    ]);
    await world.database.query('truncate rate_limit');
    const answers = await Promise.all(Array.from({ length: 5 }, () => create(request)));
    const refused = answers.filter((answer) => answer.refusal === 'rate_limit_exceeded');
    expect(refused).toHaveLength(3);
    expect(refused[0]!.retryAfterMs).toBeGreaterThan(20_000);
    expect(refused[0]!.rate).toMatchObject({ limit: 2, remaining: 0 });
    expect(world.ledger.calls).toHaveLength(3);
  });

  it('refuses a suspended account and a model that is not in the catalogue', async () => {
    const create = world.replica();
    const request = funded({ idempotencyKey: 'order-9' });
    expect(await create({ ...request, terms: { ...request.terms!, model: 'dream' } })).toMatchObject({
      refusal: 'model_unknown',
    });
    expect(await create(request)).toMatchObject({ refusal: '' });
    await world.database.query('update account_slot set suspended = true where account_id = $1', [request.accountId]);
    expect(await create({ ...request, idempotencyKey: '' })).toMatchObject({ refusal: 'account_suspended' });
    expect(await traces(world.database, request.accountId)).toMatchObject({ jobs: 1, admitted: 1, keys: 1 });
  });
});

describe('the sandbox', () => {
  it("holds play money for a job, and leaves the account's own alone", async () => {
    const create = world.replica();
    const request = funded({ environment: 'test' });
    const before = world.ledger.availableOf(request.accountId);
    const answer = await create(request);
    expect(JSON.parse(answer.jobJson)).toMatchObject({
      livemode: false,
      status: 'pending',
      estimated_cost: '$1.25',
      billing: { state: 'held' },
    });
    expect(world.ledger.holds.get(answer.jobId)).toMatchObject({
      accountId: bookOf(request.accountId, 'test'),
      amountMicros: 1_250_000n,
    });
    expect(world.ledger.availableOf(request.accountId)).toBe(before);
    const { rows } = await world.database.query('select job_class from job_queue where job_id = $1', [answer.jobId]);
    expect(rows).toEqual([{ job_class: 'sandbox' }]);
  });

  it('plays the answer and the wait that the prompt asks for', async () => {
    const create = world.replica();
    const request = funded({ environment: 'test' });
    expect(
      await create({ ...request, content: { prompt: 'sandbox:http=402 a lighthouse', metadata: new Map() } }),
    ).toMatchObject({ refusal: 'sandbox_refusal', sandboxHttpStatus: 402 });
    const held = await create({
      ...request,
      content: { prompt: 'a lighthouse sandbox:hold_pending=30', metadata: new Map() },
    });
    const { rows } = await world.database.query(
      'select extract(epoch from available_at - created_at)::int as seconds from job_queue join job using (job_id) where job_id = $1',
      [held.jobId],
    );
    expect(rows).toEqual([{ seconds: 30 }]);
    const live = await create({
      ...request,
      environment: 'live',
      content: { prompt: 'sandbox:http=402', metadata: new Map() },
    });
    expect(live).toMatchObject({ refusal: '' });
  });
});
