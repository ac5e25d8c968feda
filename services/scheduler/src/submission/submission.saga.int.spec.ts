import { JobEvent } from '@usvideo/contracts/scheduler';
import { call, hasStatus, status } from '@usvideo/runtime';
import { newAccount, startWorld, type SchedulerWorld } from '../../test/scheduler-world';

let world: SchedulerWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('a create', () => {
  it('holds the price, records the job and answers with it', async () => {
    const accountId = newAccount();
    world.ledger.fund(accountId, 2_000_000n);
    const answer = await world.create({ accountId });
    expect(answer).toMatchObject({ refusal: '', replayed: false, rate: { limit: 300, remaining: 299 } });
    const job = JSON.parse(answer.jobJson);
    expect(job).toMatchObject({
      id: answer.jobId,
      status: 'pending',
      model: 'test-picture',
      estimated_cost: '$1.25',
      cost: null,
      billing: { state: 'held', settled: false },
      queue_position: 1,
      cancellable: true,
      metadata: { shot: '7' },
      video_url: null,
    });
    expect(world.ledger.availableOf(accountId)).toBe(750_000n);
    const got = await call(world.client, 'getJob', { accountId, environment: 'live', jobId: answer.jobId });
    expect({ ...JSON.parse(got.jobJson) }).toEqual(job);
    expect(
      await world.exchange({ $case: 'getJob', value: { accountId, environment: 'live', jobId: answer.jobId } }),
    ).toEqual({ $case: 'getJob', value: got });
    const { rows } = await world.database.query('select kind, payload, traceparent from event where stream_id = $1', [
      answer.jobId,
    ]);
    expect(rows).toHaveLength(1);
    expect(JobEvent.decode(rows[0].payload).event).toMatchObject({
      $case: 'jobSubmitted',
      value: { estimatedCostMicros: 1_250_000n, jobClass: 'procedural' },
    });
    expect(rows[0].traceparent).toContain(job.trace_id);
    expect(Buffer.from(rows[0].payload).toString()).not.toContain('lighthouse');
  });

  it("is nobody else's", async () => {
    const accountId = newAccount();
    world.ledger.fund(accountId, 2_000_000n);
    const { jobId } = await world.create({ accountId });
    for (const request of [
      { accountId: newAccount(), environment: 'live', jobId },
      { accountId, environment: 'test', jobId },
    ]) {
      const refused = await call(world.client, 'getJob', request).catch((error: unknown) => error);
      expect(hasStatus(refused, status.NOT_FOUND)).toBe(true);
      expect(await world.exchange({ $case: 'getJob', value: request })).toEqual({
        $case: 'getJob',
        value: { jobJson: '', status: '' },
      });
    }
  });
});
