import { buffer } from 'node:stream/consumers';
import { status } from '@grpc/grpc-js';
import { DiskArtifactStore, signLink } from '@usvideo/artifacts';
import { failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, LINK_SECRET, type TestGateway, startTestGateway } from '../http/gateway.fixture';

const account = {
  accountId: 'acc_1',
  name: 'Ada',
  email: 'a@b.co',
  plan: 'standard',
  status: 'active',
  createdAt: new Date(0),
  liveLimits: undefined,
  testLimits: undefined,
};
const JOB = 'job_01J';
const KEYS = [`videos/${JOB}/1-lease_a.mp4`, `videos/${JOB}/1-lease_a.jpg`];

let test: TestGateway;
let store: DiskArtifactStore;
beforeAll(async () => {
  test = await startTestGateway();
  store = new DiskArtifactStore(`${test.dataDir}/artifacts`);
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.recorded.length = 0;
  test.peers.accounts.getAccount = () => ({ account });
});

async function admin(method: string, path: string, body?: object) {
  const response = await fetch(`${test.adminUrl}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a take-down', () => {
  const linkTo = (key: string) => {
    const url = new URL(
      signLink({
        jobId: JOB,
        key,
        secret: LINK_SECRET,
        publicUrl: 'https://api.example.com',
        expiresAt: new Date(Date.now() + 60_000),
      }),
    );
    return `${test.url}${url.pathname}${url.search}`;
  };
  const takeDown = (path = `/accounts/acc_1/videos/${JOB}/take-down`) =>
    admin('POST', path, { reason: 'a court says so' });

  beforeEach(async () => {
    for (const key of KEYS) await store.put(key, Buffer.from('bytes of a video'));
    // The job is of the test environment.
    test.peers.scheduler.getJob = ({ environment }) => {
      if (environment === 'live') throw failure(status.NOT_FOUND);
      return { jobJson: '{}', status: 'completed' };
    };
    test.peers.scheduler.cancelJob = () => ({ refusal: 'job_not_cancellable', status: 'completed', jobJson: '{}' });
    test.peers.scheduler.eraseContent = ({ environment }) => {
      expect(environment).toBe('test');
      return { refusal: '', status: 'completed', jobJson: '{"id":"job_01J","video_url":null}', artifactKeys: KEYS };
    };
  });

  it('kills links and files at once, and is on record with its reason', async () => {
    const links = KEYS.map(linkTo);
    expect((await fetch(links[0]!)).status).toBe(200);
    expect(await takeDown()).toMatchObject({ status: 200, body: { id: JOB, video_url: null } });
    expect(await Promise.all(links.map(async (link) => (await fetch(link)).status))).toEqual([410, 410]);
    expect(await Promise.all(KEYS.map((key) => store.stat(key)))).toEqual([undefined, undefined]);
    expect(test.peers.recorded).toMatchObject([
      {
        accountId: 'acc_1',
        action: 'take_down_ordered',
        subject: JOB,
        order: '{"reason":"a court says so"}',
        actor: { author: 'bootstrap' },
      },
    ]);
  });

  it('of a job that renders is refused until it has ended, and of no job found nowhere', async () => {
    test.peers.scheduler.eraseContent = () => ({
      refusal: 'job_not_ended',
      status: 'processing',
      jobJson: '{}',
      artifactKeys: [],
    });
    expect(await takeDown()).toMatchObject({ status: 409, body: { error: 'job_not_ended', status: 'processing' } });
    test.peers.scheduler.getJob = () => {
      throw failure(status.NOT_FOUND);
    };
    expect((await takeDown()).status).toBe(404);
    expect((await takeDown('/accounts/acc_1/videos/nonsense/take-down')).status).toBe(404);
  });

  it('needs a reason', async () => {
    expect((await admin('POST', `/accounts/acc_1/videos/${JOB}/take-down`, {})).status).toBe(400);
    expect((await buffer(store.read(KEYS[0]!))).toString()).toBe('bytes of a video');
  });
});

describe('the end of an account', () => {
  it('is closed with a reason', async () => {
    const seen: object[] = [];
    test.peers.accounts.closeAccount = (request) => {
      seen.push(request);
      return { account: { ...account, status: 'closed' } };
    };
    expect((await admin('POST', '/accounts/acc_1/close', {})).status).toBe(400);
    expect(await admin('POST', '/accounts/acc_1/close', { reason: 'asked for it' })).toMatchObject({
      status: 200,
      body: { status: 'closed' },
    });
    expect(test.peers.expired.splice(0)).toEqual(['acc_1']);
    expect(seen).toMatchObject([
      { accountId: 'acc_1', reason: 'asked for it', actor: { author: 'bootstrap', address: '127.0.0.1' } },
    ]);
  });

  it('erases people, content and endpoints, once it is confirmed and closed', async () => {
    const done: string[] = [];
    test.peers.accounts.eraseAccount = () => {
      done.push('people');
      return { account: { ...account, name: '', email: '', status: 'erased' } };
    };
    test.peers.scheduler.eraseAccountContent = () => {
      done.push('content');
      return {};
    };
    test.peers.webhooks.eraseAccount = ({ accountId }) => {
      done.push(`endpoints of ${accountId}`);
      return {};
    };
    expect((await admin('POST', '/accounts/acc_1/erase', { confirm: 'acc_2' })).status).toBe(400);
    expect(await admin('POST', '/accounts/acc_1/erase', { confirm: 'acc_1' })).toMatchObject({
      status: 200,
      body: { status: 'erased', email: '' },
    });
    expect(done).toEqual(['people', 'content', 'endpoints of acc_1']);
    expect(test.peers.expired.splice(0)).toEqual(['acc_1']);
    test.peers.accounts.eraseAccount = () => {
      throw failure(status.FAILED_PRECONDITION);
    };
    expect(await admin('POST', '/accounts/acc_1/erase', { confirm: 'acc_1' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'confirm' }] },
    });
  });

  it('exports whatever is kept of it, page by page', async () => {
    test.peers.members.listMembers = () => ({
      members: [
        {
          memberId: 'mem_1',
          email: 'a@b.co',
          name: 'Ada',
          role: 'owner',
          status: 'active',
          mfaEnabled: false,
          createdAt: new Date(0),
          expiresAt: undefined,
        },
      ],
    });
    test.peers.accounts.listKeys = () => ({
      keys: [
        {
          keyId: 'key_1',
          name: 'ci',
          environment: 'live',
          maskedKey: 'usv_live_…',
          scopes: [],
          createdAt: new Date(0),
          lastUsedAt: undefined,
          expiresAt: undefined,
        },
      ],
    });
    test.peers.webhooks.listEndpoints = () => ({ endpoints: [] });
    test.peers.scheduler.listJobs = ({ environment, startingAfter }) => {
      if (environment === 'test') return { jobJson: [], hasMore: false, nextCursor: '' };
      return startingAfter === ''
        ? { jobJson: ['{"id":"job_2"}'], hasMore: true, nextCursor: 'job_2' }
        : { jobJson: ['{"id":"job_1"}'], hasMore: false, nextCursor: '' };
    };
    test.peers.accounts.listAudit = () => ({ entries: [], hasMore: false });
    const answer = await fetch(`${test.adminUrl}/admin/v1/accounts/acc_1/data`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const lines = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; data: { id?: string } });
    expect(lines.map(({ type, data }) => [type, data.id])).toEqual([
      ['account', 'acc_1'],
      ['member', 'mem_1'],
      ['api_key', 'key_1'],
      ['job', 'job_2'],
      ['job', 'job_1'],
    ]);
    expect(test.peers.recorded).toMatchObject([{ action: 'data_export_ordered', accountId: 'acc_1' }]);
  });
});
