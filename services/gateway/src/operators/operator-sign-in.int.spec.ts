import { OperatorSignInRefusal } from '@usvideo/contracts/accounts';
import { numberOf } from '@usvideo/contracts/names';
import { startTestGateway, type TestGateway } from '../http/gateway.fixture';

const STATE = 's'.repeat(43);
const REDIRECT = encodeURIComponent('https://admin.example.com/console/signed-in');

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const post = (path: string, body?: object, cookie = '') =>
  fetch(`${test.adminUrl}/admin/v1/auth${path}`, {
    method: 'POST',
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...(cookie ? { cookie } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
const finish = (query: string, cookie?: string) => post('/oidc/finish', { query }, cookie);

it('says which ways there are, to anybody', async () => {
  test.peers.operators.describeOperatorSignIn = () => ({ oidcName: 'Example Inc.' });
  const methods = () => fetch(`${test.adminUrl}/admin/v1/auth/methods`).then((answer) => answer.json());
  expect(await methods()).toMatchObject({ token: true, oidc: { name: 'Example Inc.' } });
  test.peers.operators.describeOperatorSignIn = () => ({ oidcName: '' });
  expect(await methods()).toMatchObject({ oidc: null });
});

it('begins in a browser and is finished in the same one only', async () => {
  test.peers.operators.startOperatorOidc = () => ({
    refusal: undefined,
    authorizationUrl: `https://id.example.com/auth?redirect_uri=${REDIRECT}`,
    state: STATE,
  });
  const begun = await post('/oidc');
  expect(begun.status).toBe(200);
  const cookie = begun.headers.get('set-cookie')!;
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/admin/v1/auth/oidc'])
    expect(cookie).toContain(part);
  const finished: string[] = [];
  test.peers.operators.finishOperatorOidc = ({ state, query, actor }) => {
    finished.push(`${state} ${query} ${actor!.author}`);
    return {
      refusal: undefined,
      token: `usv_op_${'t'.repeat(43)}`,
      operator: {
        operatorId: 'opr_1',
        name: 'ann',
        role: 'support',
        federated: true,
        createdAt: new Date(0),
        lastUsedAt: undefined,
        expiresAt: new Date(1),
        revokedAt: undefined,
      },
    };
  };
  const query = `code=c&state=${STATE}`;
  expect((await finish(query)).status).toBe(400);
  expect((await finish(`code=c&state=${'x'.repeat(43)}`, `usv_oidc=${STATE}`)).status).toBe(400);
  expect(finished).toEqual([]);
  const answer = await finish(query, `usv_oidc=${STATE}`);
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { name: 'ann', role: 'support', federated: true, token: expect.stringMatching(/^usv_op_/) },
  ]);
  expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
  expect(finished).toEqual([`${STATE} ${query} self`]);
});

it.each([
  ['oidc_unset', 409],
  ['token_invalid', 400],
  ['oidc_refused', 401],
  ['email_unverified', 403],
  ['no_role', 403],
  ['name_taken', 403],
  ['revoked', 403],
])('answers %s with %i', async (refusal, code) => {
  test.peers.operators.finishOperatorOidc = () => ({
    refusal: numberOf(OperatorSignInRefusal, refusal as never),
    token: '',
    operator: undefined,
  });
  expect((await finish(`code=c&state=${STATE}`, `usv_oidc=${STATE}`)).status).toBe(code);
});
