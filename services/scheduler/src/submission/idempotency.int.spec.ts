import { eventually } from '@usvideo/testing';
import { sha256 } from '../../test/scheduler-world';
import { fundedRequest, startSagaWorld, traces, type SagaWorld } from '../../test/saga-world';

let world: SagaWorld;
beforeEach(async () => {
  world = await startSagaWorld();
});
afterEach(() => world.close());

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('the same request fifty times at once', () => {
  it('is one job, one hold and fifty equal answers', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger, {}, 100_000_000n);
    const answers = await Promise.all(times(50, () => create(request)));
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.jobJson)).size).toBe(1);
    expect(answers.every((answer) => answer.refusal === '')).toBe(true);
    expect(world.ledger.calls).toHaveLength(1);
    expect(await traces(world.database, request.accountId)).toMatchObject({ jobs: 1, events: 1, admitted: 1, keys: 1 });
  });

  it('is one job also across replicas', async () => {
    const replicas = times(4, () => world.replica());
    const request = fundedRequest(world.ledger, {}, 100_000_000n);
    const answers = await Promise.all(times(48, (index) => replicas[index % 4]!(request)));
    expect(new Set(answers.map((answer) => answer.jobId)).size).toBe(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(world.ledger.calls).toHaveLength(1);
  });

  it('is fifty refusals and no trace when the balance is one cent short', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger, {}, 1_240_000n);
    const answers = await Promise.all(times(50, () => create(request)));
    expect(new Set(answers.map((answer) => answer.refusal))).toEqual(new Set(['insufficient_balance']));
    expect(await traces(world.database, request.accountId)).toMatchObject({ jobs: 0, events: 0, admitted: 0, keys: 0 });
  });
});

describe('a key', () => {
  it('answers with the job as it is now, also when every limit would refuse', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger, {}, 100_000_000n);
    const first = await create(request);
    await world.database.query(
      'update account_slot set queued_jobs = 1, creates_per_minute = 1, suspended = true where account_id = $1',
      [request.accountId],
    );
    await world.database.query(
      "update job set state = 'cancelled', ended_at = now(), verdict_rule = 'cancelled', charged_micros = 0, released_micros = 0 where job_id = $1",
      [first.jobId],
    );
    for (const answer of [await create(request), await create(request)]) {
      expect(answer).toMatchObject({ refusal: '', replayed: true, jobId: first.jobId });
      expect(JSON.parse(answer.jobJson).status).toBe('cancelled');
    }
  });

  it('refuses another request', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger, {}, 100_000_000n);
    await create(request);
    expect(await create({ ...request, requestSha256: sha256('another request') })).toMatchObject({
      refusal: 'idempotency_key_reused',
      jobJson: '',
    });
  });

  it('belongs to one account and environment', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger, {}, 100_000_000n);
    const live = await create(request);
    const test = await create({ ...request, environment: 'test' });
    expect(test).toMatchObject({ refusal: '', replayed: false });
    expect(test.jobId).not.toBe(live.jobId);
  });

  it('is in progress for a duplicate that has waited long enough', async () => {
    const slow = world.replica({ times: { sagaMs: 60_000, staleMs: 600_000 } });
    const impatient = world.replica({ times: { duplicateMs: 100 } });
    const request = fundedRequest(world.ledger);
    world.ledger.placeHold = () => new Promise(() => undefined);
    void slow(request);
    await eventually(async () => (await traces(world.database, request.accountId)).keys === 1, {
      what: 'the first holds the key',
    });
    expect(await impatient(request)).toMatchObject({ refusal: 'idempotency_in_progress', retryAfterMs: 1_000 });
  });

  it('is taken over by a waiting duplicate when the first is refused elsewhere', async () => {
    const request = fundedRequest(world.ledger, {}, 0n);
    let refuseFirst: (() => void) | undefined;
    const place = world.ledger.placeHold.bind(world.ledger);
    world.ledger.placeHold = async (hold, timeoutMs) => {
      if (!refuseFirst)
        await new Promise<void>((resolve) => {
          refuseFirst = resolve;
        });
      return place(hold, timeoutMs);
    };
    const first = world.replica({ times: { sagaMs: 10_000 } })(request);
    await eventually(() => refuseFirst, { what: 'the first is asking the ledger' });
    const second = world.replica()(request);
    refuseFirst!();
    expect(await first).toMatchObject({ refusal: 'insufficient_balance' });
    expect(await second).toMatchObject({ refusal: 'insufficient_balance' });
    expect(world.ledger.calls).toHaveLength(2);
  });
});
