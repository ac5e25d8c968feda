import { status } from '@grpc/grpc-js';
import type { ExportUsageResponse, UsageRow } from '@usvideo/contracts/ledger';
import { eventually } from '@usvideo/testing';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let live: string;
let sandbox: string;

beforeAll(async () => {
  test = await startTestGateway();
  live = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  sandbox = test.peers.addKey('usv_test_0123456789abcdefghijklmnop', { environment: 'test' });
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.ledger = {};
  test.peers.ledger.listUsage = () => ({
    rows: [],
    hasMore: false,
    totalJobs: 3n,
    totalSeconds: 15n,
    totalMicros: 3_750_000n,
    totalRefundedMicros: 250_000n,
  });
});

const RANGE = 'start_date=2026-03-01&end_date=2026-03-31';
const row = (index: number, over: Partial<UsageRow> = {}): UsageRow => ({
  jobId: `job_${index}`,
  apiKeyId: 'key_1',
  day: '2026-03-02',
  model: 'm',
  resolution: '720p',
  durationSeconds: 5,
  perSecondMicros: 250_000n,
  chargedMicros: 1_250_000n,
  chargedAt: new Date('2026-03-02T10:00:00Z'),
  refundedMicros: 0n,
  ...over,
});

async function* pages(...rows: UsageRow[][]): AsyncGenerator<ExportUsageResponse> {
  for (const page of rows) yield { rows: page };
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}

function get(query: string, accept = 'application/json', authorization = live): Promise<Response> {
  return fetch(`${test.url}/v1/usage?${RANGE}${query}`, { headers: { authorization, accept } });
}

describe('groups', () => {
  it.each(['day', 'api_key', 'resolution'])('by %s come from the ledger', async (by) => {
    let seen: object = {};
    test.peers.ledger.listUsageGroups = (request) => {
      seen = request;
      return {
        groups: [{ group: 'x', jobs: 3n, seconds: 15n, chargedMicros: 3_750_000n, refundedMicros: 250_000n }],
        hasMore: false,
      };
    };
    const answer = await (await get(`&group_by=${by}&limit=5&api_key_id=key_1`)).json();
    expect(seen).toEqual({
      accountId: 'acc_1',
      startDate: '2026-03-01',
      endDate: '2026-03-31',
      groupBy: by,
      apiKeyId: 'key_1',
      limit: 5,
      offset: 0,
    });
    expect(answer).toMatchObject({
      group_by: by,
      totals: { jobs: 3, seconds: 15, cost: '$3.75', refunded: '$0.25' },
      data: [{ group: 'x', jobs: 3, seconds: 15, cost: '$3.75', refunded: '$0.25', refunded_micros: 250_000 }],
    });
  });

  it("by end user join the ledger's jobs with the scheduler's end users", async () => {
    test.peers.exportUsage = () => pages([row(1), row(2)], [row(3)]);
    const asked: string[][] = [];
    test.peers.scheduler.listEndUsers = ({ jobIds }) => {
      asked.push(jobIds);
      return { jobs: jobIds.filter((id) => id !== 'job_2').map((jobId) => ({ jobId, endUser: 'ada' })) };
    };
    expect(await (await get('&group_by=end_user&limit=1')).json()).toMatchObject({
      data: [{ group: 'ada', jobs: 2, cost: '$2.50' }],
      has_more: true,
    });
    expect(await (await get('&group_by=end_user&limit=1&offset=1')).json()).toMatchObject({
      data: [{ group: null, jobs: 1 }],
      has_more: false,
    });
    expect(asked.slice(0, 2)).toEqual([['job_1', 'job_2'], ['job_3']]);
  });
});

describe('CSV', () => {
  it('is the whole range', async () => {
    test.peers.exportUsage = () => pages([row(1)], [row(2, { model: '=a,"b"', refundedMicros: 500_000n })]);
    const answer = await get('', 'text/csv');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="usage-2026-03-01-2026-03-31.csv"',
      'x-ratelimit-limit': '3000',
      'x-request-id': expect.any(String),
    });
    expect(await answer.text()).toBe(
      [
        'job_id,api_key_id,date,model,resolution,duration,per_second_usd,cost_usd,refunded_usd,charged_at',
        'job_1,key_1,2026-03-02,m,720p,5,0.25,1.25,0.00,2026-03-02T10:00:00.000Z',
        'job_2,key_1,2026-03-02,"\'=a,""b""",720p,5,0.25,1.25,0.50,2026-03-02T10:00:00.000Z',
        '',
      ].join('\r\n'),
    );
  });

  it('of groups reads all of them', async () => {
    const offsets: number[] = [];
    test.peers.ledger.listUsageGroups = ({ offset }) => {
      offsets.push(offset);
      return {
        groups: [{ group: `d${offset}`, jobs: 1n, seconds: 5n, chargedMicros: 1_250_000n, refundedMicros: 0n }],
        hasMore: offset < 2_000,
      };
    };
    expect(await (await get('&group_by=day', 'text/csv')).text()).toBe(
      'day,jobs,seconds,cost_usd,refunded_usd\r\nd0,1,5,1.25,0.00\r\nd1000,1,5,1.25,0.00\r\nd2000,1,5,1.25,0.00\r\n',
    );
    expect(offsets).toEqual([0, 1_000, 2_000]);
  });

  it('of a test key has the jobs of the sandbox and no others', async () => {
    const asked: unknown[] = [];
    test.peers.exportUsage = ({ accountId }) => (
      asked.push(accountId),
      pages([row(accountId === 'acc_1:test' ? 1 : 2)])
    );
    expect((await (await get('', 'text/csv', sandbox)).text()).split('\r\n')[1]).toMatch(/^job_1,/);
    expect((await (await get('', 'text/csv')).text()).split('\r\n')[1]).toMatch(/^job_2,/);
    expect(asked).toEqual(['acc_1:test', 'acc_1']);
  });

  it('guards against end users that are formulas', async () => {
    test.peers.exportUsage = () => pages([row(1)]);
    test.peers.scheduler.listEndUsers = () => ({ jobs: [{ jobId: 'job_1', endUser: '=HYPERLINK("x")' }] });
    expect(await (await get('&group_by=end_user', 'text/csv')).text()).toBe(
      'end_user,jobs,seconds,cost_usd,refunded_usd\r\n"\'=HYPERLINK(""x"")",1,5,1.25,0.00\r\n',
    );
  });

  it.each([
    ['', 'an empty range'],
    ['&group_by=end_user', 'an empty group'],
  ])('has its header also without rows%s', async (query) => {
    test.peers.exportUsage = () => pages();
    expect(await (await get(query, 'text/csv')).text()).toMatch(/^\w+(,\w+)+\r\n$/);
    expect(await (await get(query, 'text/csv', sandbox)).text()).toMatch(/^\w+(,\w+)+\r\n$/);
  });

  it.each(['&group_by=end_user', '&group_by=day'])('of a test key sums no live job%s', async (query) => {
    const group = { group: 'd', jobs: 1n, seconds: 5n, chargedMicros: 1_250_000n, refundedMicros: 0n };
    test.peers.exportUsage = ({ accountId }) => (accountId === 'acc_1:test' ? pages() : pages([row(1)]));
    test.peers.ledger.listUsageGroups = ({ accountId }) => ({
      groups: accountId === 'acc_1:test' ? [] : [group],
      hasMore: false,
    });
    test.peers.scheduler.listEndUsers = () => ({ jobs: [{ jobId: 'job_1', endUser: 'ann' }] });
    expect(await (await get(query, 'text/csv', sandbox)).text()).toMatch(/^\w+(,\w+)+\r\n$/);
  });

  it('is 503 while the ledger is away, and cut off when it goes away later', async () => {
    test.peers.exportUsage = () => {
      throw failure(status.UNAVAILABLE);
    };
    expect((await get('', 'text/csv')).status).toBe(503);
    test.peers.exportUsage = async function* () {
      for (let index = 0; index < 20; index++)
        yield { rows: Array.from({ length: 500 }, (_, at) => row(index * 500 + at)) };
      throw failure(status.UNAVAILABLE);
    };
    const answer = await get('', 'text/csv');
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it('streams any number of rows, and reads no faster than the client does', async () => {
    const [perPage, pagesAll] = [1_000, 400];
    let yielded = 0;
    const page = { rows: Array.from({ length: perPage }, (_, index) => row(index)) };
    test.peers.exportUsage = async function* () {
      for (; yielded < pagesAll; yielded++) yield page;
    };
    const reader = (await get('', 'text/csv')).body!.getReader();
    let lines = linesIn((await reader.read()).value!);
    let before = -1;
    await eventually(async () => before === (before = yielded), {
      deadlineMs: 20_000,
      what: 'the ledger to be left alone',
    });
    expect(yielded).toBeLessThan(pagesAll / 2);
    for (let part = await reader.read(); !part.done; part = await reader.read()) lines += linesIn(part.value);
    expect(lines).toBe(perPage * pagesAll + 1);
  }, 120_000);

  it("ends the ledger's work when the client leaves", async () => {
    let ended = false;
    test.peers.exportUsage = async function* () {
      try {
        for (;;) yield { rows: Array.from({ length: 500 }, (_, index) => row(index)) };
      } finally {
        ended = true;
      }
    };
    const leaving = new AbortController();
    const answer = await fetch(`${test.url}/v1/usage?${RANGE}`, {
      headers: { authorization: live, accept: 'text/csv' },
      signal: leaving.signal,
    });
    await answer.body!.getReader().read();
    leaving.abort();
    await eventually(() => ended, { deadlineMs: 10_000, what: 'the export to end' });
  });
});
