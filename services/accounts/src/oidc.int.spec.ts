import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OperatorSignInRefusal } from '@usvideo/contracts/accounts';
import { call } from '@usvideo/runtime';
import { AccountsStage } from '../test/accounts-stage';

const CALLBACK = 'https://video.example.com/v1/auth/oidc/callback';
const CONSOLE = 'https://admin.example.com/console/signed-in';
const from = { author: 'self', address: '198.51.100.7', requestId: 'req_1' };
let stage: AccountsStage;
let provider: ChildProcessWithoutNullStreams;
let settings: Record<string, string>;

beforeAll(async () => {
  provider = spawn(process.execPath, [join(__dirname, '..', 'test', 'oidc-provider.mjs'), CALLBACK, CONSOLE]);
  const [line] = (await once(createInterface(provider.stdout), 'line')) as [string];
  stage = new AccountsStage();
  await stage.open();
  settings = { ...(JSON.parse(line) as Record<string, string>), CONSOLE_URL: 'https://admin.example.com/' };
  await stage.restart(settings);
});
afterAll(async () => {
  await stage.close();
  const ended = once(provider, 'exit');
  provider.stdin.end();
  await ended;
});

/** As a browser: goes where it is sent, keeps cookies, and answers the provider's page. The query that it comes back with. */
async function visit(url: string, form: Record<string, string>): Promise<string> {
  const cookies = new Map<string, string>();
  let [at, body] = [url, undefined as URLSearchParams | undefined];
  for (let step = 0; step < 10; step++) {
    const answer: Response = await fetch(at, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(body ? { body } : {}),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0]!.split('=') as [string, string];
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next?.startsWith(CALLBACK) || next?.startsWith(CONSOLE)) return new URL(next).search.slice(1);
    body = next === null ? new URLSearchParams(form) : undefined;
    at = next === null ? at : new URL(next, at).href;
  }
  throw new Error('the provider never sent the browser back');
}

async function signIn(address: string, form: Record<string, string> = {}) {
  const { authorizationUrl, state, refusal } = await call(stage.people, 'startOidc', { actor: from });
  expect(refusal).toBe('');
  const query = await visit(authorizationUrl, { address, ...form });
  return { query, state, answer: await call(stage.people, 'finishOidc', { state, query, actor: from }) };
}

async function provenOwner(email: string) {
  const { accountId } = await stage.register({ email, password: 'my dog eats 7 socks' });
  await call(stage.people, 'verifyEmail', { token: await stage.tokenFor(email, 'Confirm'), actor: from });
  return accountId;
}

test('whoever proved the address is found by it, and from then on by who the provider says it is', async () => {
  const accountId = await provenOwner('ann@example.com');
  const { answer } = await signIn('ann@example.com');
  expect(answer).toMatchObject({ refusal: '', session: { email: 'ann@example.com', accountId, role: 'owner' } });
  await stage.database.query(`update person set email = 'married@example.com' where email = 'ann@example.com'`);
  expect((await signIn('ann@example.com')).answer).toMatchObject({
    refusal: '',
    session: { email: 'married@example.com', accountId },
  });
  const { rows } = await stage.database.query<{ count: string }>(
    `select count(*)::text as count from audit_entry where action = 'identity_linked'`,
  );
  expect(rows[0]!.count).toBe('1');
});

test('whoever is invited joins without a letter or a password', async () => {
  const accountId = await provenOwner('owner@example.com');
  await call(stage.people, 'inviteMember', { accountId, email: 'New@example.com', role: 'developer', actor: from });
  expect((await signIn('new@example.com')).answer).toMatchObject({
    refusal: '',
    session: { accountId, role: 'developer', emailVerified: true },
  });
  expect(
    (await call(stage.people, 'listMembers', { accountId })).members.map(({ status, role }) => `${status} ${role}`),
  ).toEqual(['active owner', 'active developer']);
});

test('an address that was only typed belongs to nobody yet, one that is not vouched for finds nobody, and a stranger gets nothing', async () => {
  await stage.register({ email: 'typed@example.com', password: 'my dog eats 7 socks' });
  expect((await signIn('typed@example.com')).answer.refusal).toBe('no_account');
  await provenOwner('unproven@example.com');
  expect((await signIn('unproven@example.com')).answer.refusal).toBe('email_unverified');
  expect((await signIn('stranger@example.com')).answer).toMatchObject({ refusal: 'no_account', sessionToken: '' });
  expect((await signIn('ann@example.com', { refuse: '1' })).answer.refusal).toBe('oidc_refused');
});

test('an answer counts once, for who asked, and with the code that it came with', async () => {
  await provenOwner('bob@example.com');
  const { query, state } = await signIn('bob@example.com');
  expect((await call(stage.people, 'finishOidc', { state, query, actor: from })).refusal).toBe('token_invalid');
  const other = await call(stage.people, 'startOidc', { actor: from });
  expect((await call(stage.people, 'finishOidc', { state: other.state, query, actor: from })).refusal).toBe(
    'oidc_refused',
  );
  const { rows } = await stage.database.query<{ row: string }>('select to_jsonb(f)::text as row from sign_in_flow f');
  for (const { state: begun } of [other]) expect(JSON.stringify(rows)).not.toContain(begun);
});

describe('operators', () => {
  async function enter(address: string) {
    const { authorizationUrl, state, refusal } = await call(stage.operators, 'startOperatorOidc', { actor: from });
    expect(refusal).toBeUndefined();
    expect(new URL(authorizationUrl).searchParams.get('redirect_uri')).toBe(CONSOLE);
    const query = await visit(authorizationUrl, { address });
    return { state, query, answer: await call(stage.operators, 'finishOperatorOidc', { state, query, actor: from }) };
  }
  const verified = (token: string) =>
    call(stage.operators, 'verifyOperator', { tokenSha256: createHash('sha256').update(token).digest() });
  const named = async (name: string) =>
    (await call(stage.operators, 'listOperators', {})).operators.find((operator) => operator.name === name);

  test('who has a group that is mapped to a role is one, with a token that ends the one before', async () => {
    expect(await call(stage.operators, 'describeOperatorSignIn', {})).toEqual({ oidcName: 'Example Inc.' });
    const { answer: first } = await enter('ann.platform.helpdesk@example.com');
    expect(first).toMatchObject({
      refusal: undefined,
      operator: { name: 'ann.platform.helpdesk', role: 'operator', federated: true },
    });
    expect(first.operator!.expiresAt!.getTime() - first.operator!.createdAt!.getTime()).toBe(8 * 3_600_000);
    expect((await verified(first.token)).operator!.name).toBe('ann.platform.helpdesk');
    const { answer: second, ...spent } = await enter('ann.platform.helpdesk@example.com');
    expect(second.operator!.operatorId).toBe(first.operator!.operatorId);
    await expect(verified(first.token)).rejects.toMatchObject({ details: 'operator_not_found' });
    expect((await verified(second.token)).operator!.role).toBe('operator');
    expect(await call(stage.operators, 'finishOperatorOidc', { ...spent, actor: from })).toMatchObject({
      refusal: OperatorSignInRefusal.TOKEN_INVALID,
    });
  });

  test('who is in no such group, is not vouched for, or has the name of another, gets nothing', async () => {
    const refusals = async (...addresses: string[]) => {
      const answers = [];
      for (const address of addresses) answers.push((await enter(address)).answer);
      return answers.map(({ refusal, token, operator }) => [refusal, token, operator]);
    };
    await call(stage.operators, 'createOperator', {
      name: 'eve.finance',
      role: 'auditor',
      expiresInDays: 0,
      actor: from,
    });
    expect(await refusals('eve@example.com', 'unproven.platform@example.com', 'eve.finance@example.com')).toEqual([
      [OperatorSignInRefusal.NO_ROLE, '', undefined],
      [OperatorSignInRefusal.EMAIL_UNVERIFIED, '', undefined],
      [OperatorSignInRefusal.NAME_TAKEN, '', undefined],
    ]);
  });

  test('a role that is lost ends the session, and who is revoked stays out and gets no token by hand', async () => {
    const { answer } = await enter('bob.helpdesk@example.com');
    await stage.restart({ ...settings, OPERATOR_OIDC_ROLES: 'platform=operator' });
    expect((await enter('bob.helpdesk@example.com')).answer.refusal).toBe(OperatorSignInRefusal.NO_ROLE);
    await expect(verified(answer.token)).rejects.toMatchObject({ details: 'operator_not_found' });
    await stage.restart(settings);
    const { operatorId } = (await named('bob.helpdesk'))!;
    await expect(
      call(stage.operators, 'replaceOperatorToken', { operatorId, expiresInDays: 0, actor: from }),
    ).rejects.toMatchObject({ details: 'operator_not_found' });
    await call(stage.operators, 'revokeOperator', { operatorId, actor: from });
    expect((await enter('bob.helpdesk@example.com')).answer.refusal).toBe(OperatorSignInRefusal.REVOKED);
  });
});

test('what an installation lacks is refused by name', async () => {
  await stage.restart();
  expect(await call(stage.people, 'describeSignIn', {})).toEqual({
    oidcName: '',
    passkeys: true,
    letters: true,
    secondFactor: true,
  });
  expect((await call(stage.people, 'startOidc', { actor: from })).refusal).toBe('oidc_unset');
  expect((await call(stage.operators, 'startOperatorOidc', { actor: from })).refusal).toBe(
    OperatorSignInRefusal.OIDC_UNSET,
  );
  await stage.restart({ PUBLIC_URL: 'http://127.0.0.1:8080' });
  expect((await call(stage.people, 'startPasskeySignIn', { actor: from })).refusal).toBe('passkeys_unset');
});

test('a passkey that never was opens nothing, and its flow is spent', async () => {
  await stage.restart();
  const { flow, optionsJson } = await call(stage.people, 'startPasskeySignIn', { actor: from });
  expect(JSON.parse(optionsJson)).toMatchObject({ rpId: 'video.example.com', userVerification: 'required' });
  const attempt = {
    flow,
    responseJson: JSON.stringify({ id: 'x', rawId: 'x', type: 'public-key', response: {} }),
    actor: from,
  };
  expect((await call(stage.people, 'finishPasskeySignIn', attempt)).refusal).toBe('passkey_invalid');
  expect((await call(stage.people, 'finishPasskeySignIn', attempt)).refusal).toBe('token_invalid');
  await provenOwner('carl@example.com');
  const { sessionToken } = await call(stage.people, 'signIn', {
    email: 'carl@example.com',
    password: 'my dog eats 7 socks',
    totpCode: '',
    actor: from,
  });
  const tokenSha256 = createHash('sha256').update(sessionToken).digest();
  const begun = await call(stage.people, 'startPasskey', { tokenSha256, actor: from });
  expect(
    (await call(stage.people, 'finishPasskey', { ...attempt, tokenSha256, flow: begun.flow, name: 'laptop' })).refusal,
  ).toBe('passkey_invalid');
  expect((await call(stage.people, 'listPasskeys', { tokenSha256 })).passkeys).toEqual([]);
});
