import { status } from '@grpc/grpc-js';
import { failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../http/gateway.fixture';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway({ SLOT_SECOND_USD: '0.001' });
});
afterAll(() => test.stop());

const get = (path: string, accept = 'application/json') =>
  fetch(`${test.adminUrl}/admin/v1${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}`, accept } });

const revenue = {
  day: '2026-07-01',
  accountId: 'acc_1',
  model: '',
  jobs: 4n,
  seconds: 20n,
  chargedMicros: 5_000_000n,
  refundedMicros: 250_000n,
};
const rendered = {
  day: '2026-07-01',
  accountId: 'acc_1',
  model: '',
  completedJobs: 4n,
  otherJobs: 1n,
  attempts: 6n,
  slotMs: 120_500n,
  productiveMs: 90_000n,
};

describe('the usage of all accounts', () => {
  it('is revenue beside slot time, with the margin that is left', async () => {
    const asked: object[] = [];
    test.peers.ledger.listRevenue = (request) => {
      asked.push(request);
      return { revenues: [revenue] };
    };
    test.peers.scheduler.listRenderTimes = (request) => {
      asked.push(request);
      return { times: [rendered, { ...rendered, accountId: 'acc_2', slotMs: 3_000n }] };
    };
    const path = '/usage?start_date=2026-07-01&end_date=2026-07-31&group_by=day,account';
    const body = (await (await get(path)).json()) as object;
    expect(body).toMatchObject({
      group_by: ['day', 'account'],
      slot_second: '$0.001',
      data: [
        {
          date: '2026-07-01',
          account_id: 'acc_1',
          model: null,
          charged: '$5.00',
          refunded: '$0.25',
          slot_seconds: 120.5,
          slot_cost: '$0.1205',
          margin_micros: 4_629_500,
        },
        { account_id: 'acc_2', charged_micros: 0, margin: '-$0.003' },
      ],
      totals: { completed_jobs: 8, slot_seconds: 123.5 },
    });
    const order = { startDate: '2026-07-01', endDate: '2026-07-31', byDay: true, byAccount: true, byModel: false };
    expect(asked).toEqual([order, order]);
    const csv = await get(path, 'text/csv');
    expect(csv.headers.get('content-disposition')).toContain('usage-2026-07-01-2026-07-31.csv');
    expect((await csv.text()).split('\r\n').slice(0, 3)).toEqual([
      'date,account_id,model,completed_jobs,other_jobs,attempts,video_seconds,charged_usd,refunded_usd,slot_seconds,productive_slot_seconds,slot_cost_usd,margin_usd',
      '2026-07-01,acc_1,,4,1,6,20,5.00,0.25,120.5,90,0.1205,4.6295',
      '2026-07-01,acc_2,,4,1,6,0,0.00,0.00,3,90,0.003,-0.003',
    ]);
  });

  it('is refused where it would be too long', async () => {
    test.peers.ledger.listRevenue = () => {
      throw failure(status.OUT_OF_RANGE);
    };
    const answer = await get('/usage?start_date=2020-01-01');
    expect([answer.status, await answer.json()]).toMatchObject([400, { details: [{ field: 'start_date' }] }]);
    expect((await get('/usage?group_by=end_user')).status).toBe(400);
  });
});

describe('what proves the money', () => {
  it('is listed with when it was last run and what it found', async () => {
    const at = { startedAt: new Date(0), endedAt: new Date(1_000) };
    test.peers.ledger.listVerifications = () => ({
      runs: [
        {
          ...at,
          found: {
            eventsChecked: 9n,
            postingsSumMicros: 0n,
            differences: ['acc_1 has more than its events say.'],
            rootsChecked: 1n,
            lastRootAt: new Date(0),
          },
        },
      ],
    });
    expect(await (await get('/ledger/verifications?limit=5')).json()).toMatchObject({
      limit: 5,
      data: [{ ok: false, ended_at: '1970-01-01T00:00:01.000Z', events_checked: 9, differences: [expect.any(String)] }],
    });
    test.peers.scheduler.listReconciliations = () => ({
      runs: [{ ...at, graceSeconds: 600, found: { jobsChecked: 3n, holdsChecked: 3n, underWay: 1n, differences: [] } }],
    });
    expect(await (await get('/reconciliations')).json()).toMatchObject({
      data: [{ ok: true, grace_seconds: 600, jobs_checked: 3, under_way: 1 }],
    });
  });
});
