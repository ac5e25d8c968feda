import type { ListJobsRequest, WatchJobResponse } from '@usvideo/contracts/scheduler';
import { call, hasStatus, status } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { newAccount, startWorld, type SchedulerWorld } from '../../test/scheduler-world';

let world: SchedulerWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function funded(): Promise<string> {
  const accountId = newAccount();
  world.ledger.fund(accountId, 1_000_000_000n);
  return accountId;
}

const live = (accountId: string) => ({ accountId, environment: 'live' });

async function createMany(accountId: string, count: number): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      world.create({ accountId, content: { prompt: `p${index}`, metadata: new Map(), endUser: `u${index % 2}` } }),
    ),
  );
  return answers.map((answer) => answer.jobId);
}

async function list(
  accountId: string,
  over: Partial<ListJobsRequest> = {},
): Promise<{ ids: string[]; hasMore: boolean; nextCursor: string }> {
  const answer = await call(world.client, 'listJobs', {
    ...live(accountId),
    limit: 100,
    offset: 0,
    startingAfter: '',
    statuses: [],
    createdAfter: undefined,
    createdBefore: undefined,
    endUser: '',
    ...over,
  });
  return {
    ids: answer.jobJson.map((json) => JSON.parse(json).id),
    hasMore: answer.hasMore,
    nextCursor: answer.nextCursor,
  };
}

const cancel = (accountId: string, jobId: string) =>
  call(world.client, 'cancelJob', { ...live(accountId), jobId, apiKeyId: 'key_1' });

describe('the list of jobs', () => {
  it('is newest first without gap or repetition, by cursor as by offset, although many were created in the same moment', async () => {
    const accountId = await funded();
    const created = await createMany(accountId, 25);
    const whole = await list(accountId);
    expect(new Set(whole.ids)).toEqual(new Set(created));
    expect(whole).toMatchObject({ hasMore: false, nextCursor: '' });
    const byCursor: string[] = [];
    for (let cursor = '', more = true; more;) {
      const page = await list(accountId, { limit: 10, startingAfter: cursor });
      byCursor.push(...page.ids);
      [cursor, more] = [page.nextCursor, page.hasMore];
    }
    expect(byCursor).toEqual(whole.ids);
    expect((await list(accountId, { limit: 10, offset: 20 })).ids).toEqual(whole.ids.slice(20));
  });

  it('is filtered by status, end user and time, and shows nothing of others', async () => {
    const accountId = await funded();
    const [first, second, third] = (await createMany(accountId, 3)) as [string, string, string];
    await cancel(accountId, second);
    expect((await list(accountId, { statuses: ['cancelled'] })).ids).toEqual([second]);
    expect((await list(accountId, { statuses: ['pending'] })).ids.sort()).toEqual([first, third].sort());
    expect((await list(accountId, { statuses: ['processing', 'completed'] })).ids).toEqual([]);
    expect(
      (await list(accountId, { statuses: ['pending', 'processing', 'cancelled'], endUser: 'u0' })).ids.sort(),
    ).toEqual([first, third].sort());
    expect((await list(accountId, { createdAfter: new Date(Date.now() + 60_000) })).ids).toEqual([]);
    expect((await list(accountId, { createdBefore: new Date(Date.now() + 60_000) })).ids).toHaveLength(3);
    expect((await list(accountId, { environment: 'test' })).ids).toEqual([]);
    for (const cursor of [
      list(newAccount(), { startingAfter: first }),
      list(accountId, { startingAfter: 'job_none' }),
      list(accountId, { environment: 'test', startingAfter: first }),
    ]) {
      expect(hasStatus(await cursor.catch((error: unknown) => error), status.INVALID_ARGUMENT)).toBe(true);
    }
    expect((await list(accountId, { startingAfter: (await list(accountId)).ids.at(-1)! })).ids).toEqual([]);
    const refused = await list(accountId, { statuses: ['leased'] }).catch((error: unknown) => error);
    expect(hasStatus(refused, status.INVALID_ARGUMENT)).toBe(true);
  });

  it('answers a page of a thousand jobs by index', async () => {
    const accountId = await funded();
    const [jobId] = await createMany(accountId, 1);
    await world.database.query(
      `
      insert into job select (jsonb_populate_record(j, jsonb_build_object('job_id', 'job_' || n, 'created_at', j.created_at - n * interval '1 second', 'state', 'completed',
        'ended_at', now(), 'verdict_rule', 'completed', 'charged_micros', 0, 'released_micros', 0))).* from job j, generate_series(1, 1000) n where j.job_id = $1`,
      [jobId],
    );
    await world.database.query('analyze job');
    const { rows } = await world.database.query(
      'explain (format json) select job_id from job where account_id = $1 and environment = $2 order by created_at desc, job_id desc limit 20',
      [accountId, 'live'],
    );
    expect(JSON.stringify(rows)).toContain('job_newest');
    expect((await list(accountId, { limit: 20, offset: 900 })).ids).toHaveLength(20);
  });
});

describe('watching a job', () => {
  function watch(
    accountId: string,
    jobId: string,
    afterUpdateId = '',
  ): { updates: WatchJobResponse[]; ended: Promise<unknown>; cancel(): void } {
    const stream = world.client.watchJob({ ...live(accountId), jobId, afterUpdateId });
    const updates: WatchJobResponse[] = [];
    stream.on('data', (update: WatchJobResponse) => updates.push(update));
    const ended = new Promise((resolve) => {
      stream.once('end', () => resolve('ended'));
      stream.once('error', resolve);
    });
    return { updates, ended, cancel: () => stream.cancel() };
  }

  it('tells the state at once, then each change, and ends with the job', async () => {
    const accountId = await funded();
    const [jobId] = (await createMany(accountId, 1)) as [string];
    const watched = watch(accountId, jobId);
    await eventually(() => watched.updates.length === 1, { what: 'the first state' });
    await cancel(accountId, jobId);
    expect(await watched.ended).toBe('ended');
    expect(watched.updates.map((update) => update.status)).toEqual(['pending', 'cancelled']);
    expect(watched.updates.map((update) => update.updateId)).toEqual(['1.0', '2.0']);
    expect(JSON.parse(watched.updates[1]!.jobJson).billing).toMatchObject({ state: 'released', settled: true });
  });

  it('sees what another replica did, and goes on where the caller was', async () => {
    const accountId = await funded();
    const [jobId] = (await createMany(accountId, 1)) as [string];
    const watched = watch(accountId, jobId, '1.0');
    await world.database.query(
      "update job set state = 'cancelled', version = 2, ended_at = now(), settled_at = now(), verdict_rule = 'cancelled', charged_micros = 0, released_micros = 0 where job_id = $1",
      [jobId],
    );
    expect(await watched.ended).toBe('ended');
    expect(watched.updates.map((update) => update.updateId)).toEqual(['2.0']);
  });

  it('ends at once for a job that has ended and was seen, and finds nothing of others', async () => {
    const accountId = await funded();
    const [jobId] = (await createMany(accountId, 1)) as [string];
    await cancel(accountId, jobId);
    const seen = watch(accountId, jobId, '2.0');
    expect(await seen.ended).toBe('ended');
    expect(seen.updates).toEqual([]);
    expect(hasStatus(await watch(newAccount(), jobId).ended, status.NOT_FOUND)).toBe(true);
  });
});

describe('what others ask', () => {
  it('describes jobs for webhooks', async () => {
    const accountId = await funded();
    const content = {
      prompt: 'a lighthouse sandbox:duplicate_webhook',
      metadata: new Map(),
      webhookUrl: 'https://customer.example/hook',
    };
    const { jobId } = await world.create({ accountId, environment: 'test', content });
    const { jobs } = await call(world.client, 'describeJobs', { jobIds: [jobId, 'job_unknown'] });
    expect(jobs).toEqual([
      expect.objectContaining({
        jobId,
        accountId,
        environment: 'test',
        status: 'pending',
        settled: false,
        webhookUrl: 'https://customer.example/hook',
        duplicateWebhook: true,
      }),
    ]);
    const tooMany = await call(world.client, 'describeJobs', { jobIds: Array<string>(201).fill('job_1') }).catch(
      (error: unknown) => error,
    );
    expect(hasStatus(tooMany, status.INVALID_ARGUMENT)).toBe(true);
  });

  it('describes what fits into an answer of bounded size and names the rest, until all are described', async () => {
    const accountId = await funded();
    const metadata = new Map(
      Array.from({ length: 16 }, (_, index) => [
        `${index}`.padEnd(64, '\u{1F43B}'.repeat(15)),
        '\u{1F43B}'.repeat(512),
      ]),
    );
    const content = { prompt: '\u{1F43B}'.repeat(4_000), negativePrompt: '\u{1F43B}'.repeat(4_000), metadata };
    const jobIds = (await Promise.all(Array.from({ length: 120 }, () => world.create({ accountId, content })))).map(
      (answer) => answer.jobId,
    );
    const described: string[] = [];
    for (let asked = jobIds; asked.length > 0;) {
      const { jobs, postponedJobIds } = await call(world.client, 'describeJobs', { jobIds: asked });
      expect(jobs.reduce((bytes, job) => bytes + Buffer.byteLength(job.jobJson), 0)).toBeLessThanOrEqual(
        4 * 1024 * 1024,
      );
      expect(jobs.length).toBeGreaterThan(0);
      described.push(...jobs.map((job) => job.jobId));
      asked = postponedJobIds;
    }
    expect(described.sort()).toEqual(jobIds.sort());
  });

  it('shows limits allowed and in use, and the catalogue', async () => {
    const accountId = await funded();
    expect(await call(world.client, 'getLimits', live(accountId))).toMatchObject({
      allowed: { concurrentJobs: 10, queuedJobs: 1_000, createsPerMinute: 300, readsPerMinute: 3_000 },
      runningJobs: 0,
      queuedJobs: 0,
    });
    await createMany(accountId, 2);
    expect(await call(world.client, 'getLimits', live(accountId))).toMatchObject({ queuedJobs: 2 });
    const { models } = await call(world.client, 'listModels', {});
    expect(models).toEqual([
      expect.objectContaining({
        id: 'test-picture',
        aliases: ['default'],
        description: expect.stringContaining('not AI'),
      }),
    ]);
  });

  it('checks rates over the exchange', async () => {
    const accountId = newAccount();
    const answer = await world.exchange({
      $case: 'checkRate',
      value: { accountId, environment: 'live', policy: 'reads' },
    });
    expect(answer).toMatchObject({
      $case: 'checkRate',
      value: { allowed: true, rate: { limit: 3_000, remaining: 2_999 } },
    });
    await expect(
      world.exchange({ $case: 'checkRate', value: { accountId, environment: 'live', policy: 'writes' } }),
    ).rejects.toThrow('the other side failed');
  });
});
