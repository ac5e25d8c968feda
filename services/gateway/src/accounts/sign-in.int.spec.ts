import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Session } from '@usvideo/contracts/accounts';
import { csrfTokenOf } from '../identity/session-caller';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let tokens = 0;
const ended = new Set<string>();

beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const SESSION: Session = {
  personId: 'usr_1',
  email: 'ann@example.com',
  name: '',
  emailVerified: true,
  mfaEnabled: false,
  accountId: 'acc_1',
  accountName: 'Acme',
  accountPlan: 'standard',
  memberId: 'mem_1',
  role: 'owner',
  suspended: false,
  memberships: [{ accountId: 'acc_1', accountName: 'Acme', role: 'owner' }],
  expiresAt: new Date(Date.UTC(2030, 0)),
};

/** A token that the gateway has not seen, of somebody in that role. */
function signedIn(role = 'owner'): string {
  tokens += 1;
  const token = String(tokens).padStart(43, 'a');
  const earlier = test.peers.members.verifySession;
  test.peers.members.verifySession = (request) => {
    if (!Buffer.from(request.tokenSha256).equals(sha256(token))) return earlier!(request);
    if (ended.has(token)) throw failure(status.NOT_FOUND);
    return { session: { ...SESSION, role } };
  };
  return token;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

beforeEach(() => {
  test.peers.members.verifySession = () => {
    throw failure(status.NOT_FOUND);
  };
});

async function send(
  method: string,
  path: string,
  {
    token,
    csrf = token && csrfTokenOf(token),
    body,
    headers = {},
  }: { token?: string; csrf?: string | undefined; body?: object; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${test.url}/v1${path}`, {
    method,
    body: body ? JSON.stringify(body) : null,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { cookie: `theme=dark; usv_session=${token}` } : {}),
      ...(csrf ? { 'x-csrf-token': csrf } : {}),
      ...headers,
    },
  });
  return {
    status: response.status,
    cookie: response.headers.get('set-cookie'),
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('signing in', () => {
  const login = { email: 'ann@example.com', password: 'my dog eats 7 socks' };

  it('answers the session, and its token in a cookie only', async () => {
    const token = 'z'.repeat(43);
    test.peers.members.signIn = () => ({ refusal: '', retryAfterMs: 0, sessionToken: token, session: SESSION });
    const answer = await send('POST', '/auth/login', { body: login });
    expect(answer.status).toBe(200);
    expect(answer.cookie).toBe(
      `usv_session=${token}; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Tue, 01 Jan 2030 00:00:00 GMT`,
    );
    expect(answer.body).toEqual({
      object: 'session',
      user: { id: 'usr_1', email: 'ann@example.com', name: null, email_verified: true, mfa_enabled: false },
      account: { account_id: 'acc_1', name: 'Acme', plan: 'standard' },
      role: 'owner',
      accounts: [{ account_id: 'acc_1', name: 'Acme', role: 'owner' }],
      trace_url_template: null,
      csrf_token: csrfTokenOf(token),
      expires_at: '2030-01-01T00:00:00.000Z',
    });
    expect(JSON.stringify(answer.body)).not.toContain(token);
  });

  it.each([
    ['invalid_credentials', 401, 'invalid_credentials'],
    ['mfa_required', 401, 'mfa_required'],
    ['too_many_attempts', 429, 'rate_limit_exceeded'],
    ['no_account', 403, 'forbidden'],
  ])('is refused: %s', async (refusal, code, error) => {
    test.peers.members.signIn = () => ({ refusal, retryAfterMs: 61_000, sessionToken: '', session: undefined });
    const answer = await send('POST', '/auth/login', { body: login });
    expect([answer.status, answer.body.error, answer.cookie]).toEqual([code, error, null]);
    if (code === 429) expect(answer.retryAfter).toBe('61');
  });

  it('names the setting that an installation lacks', async () => {
    const token = signedIn();
    test.peers.members.requestPasswordReset = () => ({ refusal: 'letters_unset' });
    test.peers.members.inviteMember = () => ({ refusal: 'letters_unset', member: undefined });
    test.peers.members.startTotp = () => ({ refusal: 'secrets_key_unset', secret: '', otpauthUrl: '' });
    const answers = [
      await send('POST', '/auth/forgot', { body: { email: 'whoever@example.com' } }),
      await send('POST', '/members/invitations', { token, body: { email: 'new@example.com', role: 'viewer' } }),
      await send('POST', '/auth/totp', { token }),
    ];
    expect(answers.map(({ status: code, body }) => [code, body.error])).toEqual(Array(3).fill([409, 'not_configured']));
    expect(answers.map(({ body }) => /MAIL_URL|SECRETS_KEY/.test(String(body.message)))).toEqual([true, true, true]);
  });

  it('asks for a letter and says nothing of the address', async () => {
    test.peers.members.requestPasswordReset = () => ({ refusal: '' });
    expect(await send('POST', '/auth/forgot', { body: { email: 'whoever@example.com' } })).toMatchObject({
      status: 202,
      body: { status: 'accepted' },
    });
  });

  it('ends, here at once', async () => {
    const token = signedIn();
    test.peers.members.signOut = () => {
      ended.add(token);
      return {};
    };
    expect((await send('GET', '/auth/session', { token })).status).toBe(200);
    expect(await send('POST', '/auth/logout', { token })).toMatchObject({
      status: 200,
      cookie: 'usv_session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
    });
    expect(await send('GET', '/auth/session', { token })).toMatchObject({ status: 401, body: { error: 'signed_out' } });
  });

  it('is needed', async () => {
    expect(await send('GET', '/auth/session')).toMatchObject({ status: 401, body: { error: 'signed_out' } });
    expect(await send('GET', '/members', { token: 'q'.repeat(43) })).toMatchObject({
      status: 401,
      body: { error: 'signed_out' },
    });
  });
});

describe('a session', () => {
  it('reads as a key does, in the environment that it names', async () => {
    const token = signedIn();
    const seen: object[] = [];
    test.peers.accounts.listKeys = (request) => {
      seen.push(request);
      return { keys: [] };
    };
    expect((await send('GET', '/api-keys', { token })).status).toBe(200);
    expect(seen).toEqual([{ accountId: 'acc_1' }]);
    expect((await send('GET', '/api-keys', { token, headers: { 'x-environment': 'test' } })).status).toBe(200);
    expect(await send('GET', '/api-keys', { token, headers: { 'x-environment': 'prod' } })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'X-Environment' }] },
    });
  });

  it.each([
    ['none', ''],
    ['another', csrfTokenOf('b'.repeat(43))],
  ])('changes nothing with %s as its CSRF token', async (_, csrf) => {
    const token = signedIn();
    let made = 0;
    test.peers.accounts.createKey = () => {
      made++;
      throw failure(status.INTERNAL);
    };
    for (const [method, path, body] of [
      ['POST', '/api-keys', { name: 'x' }],
      ['POST', '/auth/logout', undefined],
      ['POST', '/members/invitations', { email: 'a@b.co', role: 'viewer' }],
    ] as const) {
      expect([path, await send(method, path, { token, csrf, ...(body ? { body } : {}) })]).toMatchObject([
        path,
        { status: 403, body: { error: 'forbidden' } },
      ]);
    }
    expect(made).toBe(0);
  });

  it('makes keys within its role, under the name of the member', async () => {
    let seen: { author?: string; scopes?: string[]; actor?: object | undefined } = {};
    test.peers.accounts.createKey = (request) => {
      seen = request;
      throw failure(status.NOT_FOUND);
    };
    await send('POST', '/api-keys', { token: signedIn('developer'), body: { name: 'x', scopes: ['videos'] } });
    expect(seen).toMatchObject({
      author: 'mem_1',
      scopes: ['videos'],
      actor: { author: 'mem_1', address: '127.0.0.1', requestId: expect.stringMatching(/^req_/) },
    });
    expect(
      await send('POST', '/api-keys', {
        token: signedIn('developer'),
        body: { name: 'x', scopes: ['billing:manage'] },
      }),
    ).toMatchObject({ status: 403 });
    expect(
      await send('POST', '/api-keys', { token: signedIn('viewer'), body: { name: 'x', scopes: ['videos'] } }),
    ).toMatchObject({ status: 403 });
    expect(await send('GET', '/api-keys', { token: signedIn('billing') })).toMatchObject({ status: 403 });
  });

  it('gives way to a key that is shown', async () => {
    expect(
      await send('GET', '/api-keys', { token: signedIn(), headers: { authorization: 'Bearer nonsense' } }),
    ).toMatchObject({ status: 401, body: { error: 'invalid_api_key' } });
  });

  it('changes members for owners alone; a key never does', async () => {
    test.peers.members.listMembers = () => ({ members: [] });
    test.peers.members.inviteMember = () => ({
      refusal: '',
      member: {
        memberId: 'inv_1',
        email: 'a@b.co',
        name: '',
        role: 'viewer',
        status: 'invited',
        mfaEnabled: false,
        createdAt: new Date(0),
        expiresAt: new Date(1),
      },
    });
    const body = { email: 'a@b.co', role: 'viewer' };
    expect(await send('GET', '/members', { token: signedIn('viewer') })).toMatchObject({
      status: 200,
      body: { object: 'list', data: [] },
    });
    expect(await send('POST', '/members/invitations', { token: signedIn('developer'), body })).toMatchObject({
      status: 403,
    });
    expect(await send('POST', '/members/invitations', { token: signedIn(), body })).toMatchObject({
      status: 201,
      body: { id: 'inv_1', status: 'invited' },
    });
    const key = test.peers.addKey('usv_live_peoplepeoplepeople', { scopes: ['keys:manage'] });
    expect(await send('GET', '/members', { headers: { authorization: key } })).toMatchObject({
      status: 401,
      body: { error: 'signed_out' },
    });
    test.peers.members.setMemberRole = () => ({ refusal: 'last_owner', member: undefined });
    expect(await send('PATCH', '/members/mem_1', { token: signedIn(), body: { role: 'viewer' } })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('last owner') },
    });
    test.peers.members.removeMember = () => {
      throw failure(status.NOT_FOUND);
    };
    expect(await send('DELETE', '/members/mem_9', { token: signedIn() })).toMatchObject({ status: 404 });
  });
});
