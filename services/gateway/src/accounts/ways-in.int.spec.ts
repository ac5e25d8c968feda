import type { Session } from '@usvideo/contracts/accounts';
import { status } from '@grpc/grpc-js';
import { csrfTokenOf } from '../identity/session-caller';
import { failure } from '../http/fake-peers.fixture';
import { startTestGateway, type TestGateway } from '../http/gateway.fixture';

const STATE = 's'.repeat(43);
const TOKEN = 't'.repeat(43);
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
  role: 'viewer',
  suspended: false,
  memberships: [{ accountId: 'acc_1', accountName: 'Acme', role: 'viewer' }],
  expiresAt: new Date(Date.UTC(2030, 0)),
};
const signedIn = { refusal: '', retryAfterMs: 0, sessionToken: TOKEN, session: SESSION };
const credential = { id: 'abc', rawId: 'abc', type: 'public-key', response: { clientDataJSON: 'e30' } };

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const visit = (path: string, cookie = '') =>
  fetch(`${test.url}/v1/auth${path}`, { redirect: 'manual', headers: { cookie } });

async function send(method: string, path: string, body?: object) {
  const response = await fetch(`${test.url}/v1/auth${path}`, {
    method,
    body: body ? JSON.stringify(body) : null,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      cookie: `usv_session=${TOKEN}`,
      'x-csrf-token': csrfTokenOf(TOKEN),
    },
  });
  return {
    status: response.status,
    cookie: response.headers.get('set-cookie'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('single sign-on', () => {
  it('sends the browser to the provider with a state that it keeps', async () => {
    test.peers.members.startOidc = () => ({
      refusal: '',
      retryAfterMs: 0,
      authorizationUrl: 'https://idp.example.com/auth?state=x',
      state: STATE,
    });
    const answer = await visit('/oidc');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://idp.example.com/auth?state=x']);
    expect(answer.headers.get('set-cookie')).toBe(
      `usv_oidc=${STATE}; Path=/v1/auth/oidc; HttpOnly; SameSite=Lax; Secure; Max-Age=600`,
    );
    test.peers.members.startOidc = () => ({ refusal: 'oidc_unset', retryAfterMs: 0, authorizationUrl: '', state: '' });
    expect((await visit('/oidc')).status).toBe(409);
  });

  it('signs in who comes back with that state, and hands on what the provider sent', async () => {
    let seen: object = {};
    test.peers.members.finishOidc = (request) => {
      seen = request;
      return signedIn;
    };
    const answer = await visit(
      `/oidc/callback?code=c&state=${STATE}&iss=https%3A%2F%2Fidp.example.com`,
      `usv_oidc=${STATE}`,
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/dashboard']);
    expect(seen).toMatchObject({ state: STATE, query: `code=c&state=${STATE}&iss=https%3A%2F%2Fidp.example.com` });
    expect(answer.headers.getSetCookie()).toEqual([
      'usv_oidc=; Path=/v1/auth/oidc; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
      `usv_session=${TOKEN}; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Tue, 01 Jan 2030 00:00:00 GMT`,
    ]);
  });

  it('signs nobody in by a link that another browser began, without asking accounts', async () => {
    test.peers.members.finishOidc = () => {
      throw failure(status.INTERNAL);
    };
    for (const cookie of ['', `usv_oidc=${'o'.repeat(43)}`]) {
      const answer = await visit(`/oidc/callback?code=c&state=${STATE}`, cookie);
      expect([answer.status, answer.headers.get('location'), answer.headers.getSetCookie().length]).toEqual([
        302,
        '/dashboard/sign-in?refused=token_invalid',
        1,
      ]);
    }
  });

  it.each(['no_account', 'email_unverified', 'oidc_refused'])(
    'says on the sign-in page why not: %s',
    async (refusal) => {
      test.peers.members.finishOidc = () => ({ refusal, retryAfterMs: 0, sessionToken: '', session: undefined });
      expect(
        (await visit(`/oidc/callback?error=access_denied&state=${STATE}`, `usv_oidc=${STATE}`)).headers.get('location'),
      ).toBe(`/dashboard/sign-in?refused=${refusal}`);
    },
  );
});

describe('passkeys', () => {
  beforeEach(() => {
    test.peers.members.verifySession = () => ({ session: SESSION });
  });

  it('are added by whoever is signed in, a viewer too', async () => {
    test.peers.members.startPasskey = () => ({ refusal: '', optionsJson: '{"challenge":"c"}', flow: 'f' });
    expect(await send('POST', '/passkeys/options')).toMatchObject({
      status: 200,
      body: { flow: 'f', options: { challenge: 'c' } },
    });
    test.peers.members.finishPasskey = ({ responseJson }) => {
      expect(JSON.parse(responseJson)).toEqual(credential);
      return {
        refusal: '',
        passkey: { passkeyId: 'pky_1', name: 'laptop', createdAt: new Date(0), lastUsedAt: undefined },
      };
    };
    expect(await send('POST', '/passkeys', { flow: 'f', name: 'laptop', response: credential })).toMatchObject({
      status: 201,
      body: { id: 'pky_1', name: 'laptop', last_used_at: null },
    });
    test.peers.members.finishPasskey = () => ({ refusal: 'passkey_invalid', passkey: undefined });
    expect(await send('POST', '/passkeys', { flow: 'f', name: 'laptop', response: credential })).toMatchObject({
      status: 400,
    });
    expect(await send('POST', '/passkeys', { flow: 'f', name: 'laptop', response: { id: 1 } })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('sign in, and what does not verify is answered as a wrong password is', async () => {
    test.peers.members.finishPasskeySignIn = () => signedIn;
    const answer = await send('POST', '/passkey-login', { flow: 'f', response: credential });
    expect(answer).toMatchObject({ status: 200, body: { object: 'session' } });
    expect(answer.cookie).toContain(`usv_session=${TOKEN}`);
    test.peers.members.finishPasskeySignIn = () => ({
      refusal: 'passkey_invalid',
      retryAfterMs: 0,
      sessionToken: '',
      session: undefined,
    });
    expect(await send('POST', '/passkey-login', { flow: 'f', response: credential })).toMatchObject({
      status: 401,
      cookie: null,
      body: { error: 'invalid_credentials' },
    });
    test.peers.members.startPasskeySignIn = () => ({
      refusal: 'passkeys_unset',
      retryAfterMs: 0,
      optionsJson: '',
      flow: '',
    });
    expect(await send('POST', '/passkey-login/options')).toMatchObject({
      status: 409,
      body: { error: 'not_configured' },
    });
  });

  it('are removed by their owner only', async () => {
    test.peers.members.removePasskey = () => {
      throw failure(status.NOT_FOUND);
    };
    expect(await send('DELETE', '/passkeys/pky_2')).toMatchObject({ status: 404 });
    test.peers.members.removePasskey = () => ({});
    expect(await send('DELETE', '/passkeys/pky_1')).toMatchObject({ status: 200, body: { status: 'done' } });
  });
});
