import { createHash } from 'node:crypto';
import type { Session } from '@usvideo/contracts/accounts';
import { call as ask, status } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { TOTP } from 'otpauth';
import { AccountsStage, refusalOf } from '../test/accounts-stage';

const stage = new AccountsStage();
/** Passwords are costly on purpose: a dozen at once take a busy machine longer than a call may take by itself. */
const call: typeof ask = (client, method, request) => ask(client, method, request, { deadlineMs: 60_000 });
const PASSWORD = 'my dog eats 7 socks';

beforeAll(() => stage.open());
afterAll(() => stage.close());

let addresses = 0;
/** A network address of its own, so that tests do not slow each other down. */
function from(author = 'self') {
  addresses += 1;
  return { author, address: `192.0.2.${addresses}`, requestId: `req_${addresses}` };
}

const digest = (token: string) => createHash('sha256').update(token).digest();
const signIn = (email: string, password = PASSWORD, totpCode = '', actor = from()) =>
  call(stage.people, 'signIn', { email, password, totpCode, actor });
const sessionOf = async (token: string): Promise<Session> =>
  (await call(stage.people, 'verifySession', { tokenSha256: digest(token) })).session!;
const hasEnded = async (token: string) => (await refusalOf(sessionOf(token))).code === status.NOT_FOUND;

let people = 0;
async function registered() {
  people += 1;
  const email = `person${people}@example.com`;
  return { email, ...(await stage.register({ email, password: PASSWORD })) };
}

async function proven() {
  const person = await registered();
  const { refusal } = await call(stage.people, 'verifyEmail', {
    token: await stage.tokenFor(person.email, 'Confirm'),
    actor: from(),
  });
  expect(refusal).toBe('');
  return person;
}

describe('signing in', () => {
  it('opens a session for the account, in whatever case the address is written', async () => {
    const { email, accountId } = await registered();
    const { refusal, session, sessionToken } = await signIn(` ${email.toUpperCase()} `);
    expect(refusal).toBe('');
    expect(session).toMatchObject({
      email,
      accountId,
      role: 'owner',
      emailVerified: false,
      mfaEnabled: false,
      memberships: [{ accountId, role: 'owner' }],
    });
    expect(sessionToken).toMatch(/^[\w-]{43}$/);
    expect(await sessionOf(sessionToken)).toEqual(session);
    const { rows } = await stage.database.query('select to_jsonb(s)::text as row from session s');
    expect(JSON.stringify(rows)).not.toContain(sessionToken);
  });

  it('says the same of a wrong password and of an address that nobody has', async () => {
    const { email } = await registered();
    const answers = [await signIn(email, 'not the password'), await signIn('nobody@example.com')];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ refusal: 'invalid_credentials', sessionToken: '' });
  });

  it('is slowed down for who guesses, and not for the owner elsewhere', async () => {
    const { email } = await registered();
    const guesser = from();
    const guesses = await Promise.all(Array.from({ length: 12 }, () => signIn(email, 'a guess of mine', '', guesser)));
    expect(guesses.filter(({ refusal }) => refusal === 'invalid_credentials')).toHaveLength(10);
    const refused = await signIn(email, PASSWORD, '', guesser);
    expect(refused.refusal).toBe('too_many_attempts');
    expect(refused.retryAfterMs).toBeGreaterThan(60_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(900_000);
    expect((await signIn(email)).refusal).toBe('');
  });

  it('ends with the session, and with the idle time', async () => {
    const { email } = await registered();
    const [first, second] = [await signIn(email), await signIn(email)];
    await call(stage.people, 'signOut', { tokenSha256: digest(first.sessionToken), actor: from() });
    expect(await hasEnded(first.sessionToken)).toBe(true);
    await stage.database.query(
      `update session set last_used_at = now() - interval '25 hours' where token_sha256 = $1`,
      [digest(second.sessionToken)],
    );
    expect(await hasEnded(second.sessionToken)).toBe(true);
    const third = await signIn(email);
    await stage.database.query('update session set expires_at = now() where token_sha256 = $1', [
      digest(third.sessionToken),
    ]);
    expect(await hasEnded(third.sessionToken)).toBe(true);
  });
});

describe('an address', () => {
  it('is proven by the link of its letter, once', async () => {
    const { email, accountId } = await registered();
    const token = await stage.tokenFor(email, 'Confirm');
    expect(stage.lettersTo(email).join()).toContain('https://video.example.com/dashboard/verify?token=');
    expect(await call(stage.people, 'verifyEmail', { token, actor: from() })).toEqual({
      refusal: '',
      verifiedAccountIds: [accountId],
    });
    expect((await call(stage.people, 'verifyEmail', { token, actor: from() })).refusal).toBe('token_invalid');
    expect((await signIn(email)).session).toMatchObject({ emailVerified: true });
  });

  it('that somebody else typed gives them nothing of its owner, and the owner what they registered', async () => {
    const owner = await proven();
    const impostor = await stage.register({ email: owner.email, password: 'the password of eve' });
    const hers = (await signIn(owner.email, 'the password of eve')).session!;
    expect(hers.memberships.map((membership) => membership.accountId)).toEqual([impostor.accountId]);
    const token = (await eventually(
      async () => {
        const newest = await stage.tokenFor(owner.email, 'Confirm');
        return stage.lettersTo(owner.email).length > 1 && newest;
      },
      { what: 'the second letter' },
    )) as string;
    await call(stage.people, 'verifyEmail', { token, actor: from() });
    expect((await signIn(owner.email, 'the password of eve')).refusal).toBe('invalid_credentials');
    expect((await signIn(owner.email)).session!.memberships.map((membership) => membership.accountId)).toEqual([
      owner.accountId,
      impostor.accountId,
    ]);
  });
});

describe('a password', () => {
  it('is refused when it is tried first, in every place where one is chosen', async () => {
    for (const password of ['password1234', 'qwertyqwerty', '123456789012']) {
      expect(await refusalOf(stage.register({ password }))).toMatchObject({
        code: status.INVALID_ARGUMENT,
        details: expect.stringMatching(/^password is easily guessed/),
      });
    }
    const { email } = await registered();
    const { sessionToken } = await signIn(email);
    const change = (newPassword: string, currentPassword = PASSWORD) =>
      call(stage.people, 'changePassword', {
        tokenSha256: digest(sessionToken),
        currentPassword,
        newPassword,
        actor: from(),
      });
    expect((await change('password1234')).refusal).toBe('password_too_easy');
    expect((await change('another good one', 'not mine at all')).refusal).toBe('invalid_credentials');
    expect(await refusalOf(change('short'))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'new_password must be at least 12 characters',
    });
  });

  it('that is changed ends all other sessions', async () => {
    const { email } = await registered();
    const [here, elsewhere] = [await signIn(email), await signIn(email)];
    const { refusal } = await call(stage.people, 'changePassword', {
      tokenSha256: digest(here.sessionToken),
      currentPassword: PASSWORD,
      newPassword: 'a newer better phrase',
      actor: from(),
    });
    expect(refusal).toBe('');
    expect(await hasEnded(elsewhere.sessionToken)).toBe(true);
    expect((await sessionOf(here.sessionToken)).email).toBe(email);
    expect((await signIn(email)).refusal).toBe('invalid_credentials');
    expect((await signIn(email, 'a newer better phrase')).refusal).toBe('');
  });

  it('that is forgotten is chosen anew by a letter, once, and all sessions end', async () => {
    const { email } = await registered();
    const { sessionToken } = await signIn(email);
    expect(await call(stage.people, 'requestPasswordReset', { email, actor: from() })).toEqual({ refusal: '' });
    expect(await call(stage.people, 'requestPasswordReset', { email: 'nobody@example.com', actor: from() })).toEqual({
      refusal: '',
    });
    const token = await stage.tokenFor(email, 'Choose a new');
    expect(
      (await call(stage.people, 'resetPassword', { token, password: 'password1234', actor: from() })).refusal,
    ).toBe('password_too_easy');
    expect(
      await call(stage.people, 'resetPassword', { token, password: 'chosen in a hurry', actor: from() }),
    ).toMatchObject({ refusal: '' });
    expect(
      (await call(stage.people, 'resetPassword', { token, password: 'chosen in a hurry', actor: from() })).refusal,
    ).toBe('token_invalid');
    expect(await hasEnded(sessionToken)).toBe(true);
    expect((await signIn(email, 'chosen in a hurry')).session).toMatchObject({ emailVerified: true });
    expect(stage.lettersTo('nobody@example.com')).toEqual([]);
  });
});

describe('a second factor', () => {
  it('is asked for once a code has confirmed it, and each code opens the door once', async () => {
    const { email } = await registered();
    const { sessionToken } = await signIn(email);
    const tokenSha256 = digest(sessionToken);
    const confirm = (code: string) => call(stage.people, 'confirmTotp', { tokenSha256, code, actor: from() });
    expect((await confirm('123456')).refusal).toBe('totp_not_started');
    const { secret, otpauthUrl } = await call(stage.people, 'startTotp', { tokenSha256, actor: from() });
    expect(otpauthUrl).toContain(`secret=${secret}`);
    expect((await signIn(email)).refusal).toBe('');
    const codeAt = (stepsAhead: number) =>
      new TOTP({ secret }).generate({ timestamp: Date.now() + stepsAhead * 30_000 });
    expect((await confirm('000000')).refusal).toBe('invalid_code');
    expect((await confirm(codeAt(0))).refusal).toBe('');
    expect((await signIn(email)).refusal).toBe('mfa_required');
    expect((await signIn(email, PASSWORD, codeAt(0))).refusal).toBe('invalid_credentials');
    expect((await signIn(email, PASSWORD, codeAt(1))).session).toMatchObject({ mfaEnabled: true });
    expect((await signIn(email, PASSWORD, codeAt(1))).refusal).toBe('invalid_credentials');
    expect((await call(stage.people, 'startTotp', { tokenSha256, actor: from() })).refusal).toBe('totp_enabled');
    const { rows } = await stage.database.query('select to_jsonb(p)::text as row from person p where email = $1', [
      email,
    ]);
    expect(JSON.stringify(rows)).not.toContain(secret);
    await call(stage.people, 'removeTotp', { tokenSha256, actor: from() });
    expect((await signIn(email)).refusal).toBe('');
  });

  it('cannot be guessed', async () => {
    const { email } = await registered();
    const tokenSha256 = digest((await signIn(email)).sessionToken);
    await call(stage.people, 'startTotp', { tokenSha256, actor: from() });
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        call(stage.people, 'confirmTotp', { tokenSha256, code: `00000${index % 10}`, actor: from() }),
      ),
    );
    expect(guesses.filter(({ refusal }) => refusal === 'too_many_attempts').length).toBeGreaterThanOrEqual(2);
  });
});

describe('members', () => {
  const list = async (accountId: string) => (await call(stage.people, 'listMembers', { accountId })).members;
  const invite = (accountId: string, email: string, role = 'developer') =>
    call(stage.people, 'inviteMember', { accountId, email, role, actor: from('mem_owner') });

  it('are invited, join with a password of theirs, and sign in for that account', async () => {
    const { accountId } = await proven();
    const { member } = await invite(accountId, 'dev@example.com');
    expect(member).toMatchObject({ email: 'dev@example.com', role: 'developer', status: 'invited' });
    const token = await stage.tokenFor('dev@example.com', 'You are invited');
    const accept = (password: string) => call(stage.people, 'acceptInvitation', { token, password, actor: from() });
    expect((await accept('')).refusal).toBe('password_required');
    expect((await accept('password1234')).refusal).toBe('password_too_easy');
    const accepted = await accept('a developer types');
    expect(accepted.session).toMatchObject({ accountId, role: 'developer', emailVerified: true });
    expect((await accept('a developer types')).refusal).toBe('token_invalid');
    expect((await signIn('dev@example.com', 'a developer types')).session).toMatchObject({
      accountId,
      role: 'developer',
    });
    expect((await list(accountId)).map(({ role, status: state }) => [role, state])).toEqual([
      ['owner', 'active'],
      ['developer', 'active'],
    ]);
    expect((await invite(accountId, 'DEV@example.com')).refusal).toBe('already_member');
  });

  it("of two accounts choose the one they act for; who shows another's password does not join", async () => {
    const [first, second] = [await proven(), await proven()];
    await invite(first.accountId, second.email, 'viewer');
    const token = await stage.tokenFor(second.email, 'You are invited');
    expect(
      (await call(stage.people, 'acceptInvitation', { token, password: 'not her password', actor: from() })).refusal,
    ).toBe('invalid_credentials');
    const { session, sessionToken } = await call(stage.people, 'acceptInvitation', {
      token,
      password: PASSWORD,
      actor: from(),
    });
    expect(session).toMatchObject({
      accountId: first.accountId,
      role: 'viewer',
      memberships: [{ role: 'owner' }, { role: 'viewer' }],
    });
    const choose = (accountId: string) =>
      call(stage.people, 'chooseAccount', { tokenSha256: digest(sessionToken), accountId });
    expect((await choose(second.accountId)).session).toMatchObject({ accountId: second.accountId, role: 'owner' });
    const stranger = await registered();
    expect(await refusalOf(choose(stranger.accountId))).toMatchObject({ code: status.NOT_FOUND });
  });

  it('change their role and go; the last owner stays', async () => {
    const { accountId, email } = await proven();
    await invite(accountId, 'second@example.com');
    const { session, sessionToken } = await call(stage.people, 'acceptInvitation', {
      token: await stage.tokenFor('second@example.com', 'You are invited'),
      password: PASSWORD,
      actor: from(),
    });
    const owner = (await signIn(email)).session!;
    const setRole = (memberId: string, role: string, account = accountId) =>
      call(stage.people, 'setMemberRole', { accountId: account, memberId, role, actor: from('mem_x') });
    const remove = (memberId: string, account = accountId) =>
      call(stage.people, 'removeMember', { accountId: account, memberId, actor: from('mem_x') });
    expect((await setRole(owner.memberId, 'viewer')).refusal).toBe('last_owner');
    expect((await remove(owner.memberId)).refusal).toBe('last_owner');
    expect((await setRole(session!.memberId, 'owner')).member).toMatchObject({ role: 'owner' });
    expect((await setRole(owner.memberId, 'billing')).member).toMatchObject({ role: 'billing' });
    const stranger = await registered();
    expect(await refusalOf(setRole(owner.memberId, 'viewer', stranger.accountId))).toMatchObject({
      code: status.NOT_FOUND,
    });
    expect(await refusalOf(remove(owner.memberId, stranger.accountId))).toMatchObject({ code: status.NOT_FOUND });
    expect(await refusalOf(setRole(owner.memberId, 'root'))).toMatchObject({ code: status.INVALID_ARGUMENT });
    await setRole(owner.memberId, 'owner');
    expect((await remove(session!.memberId)).refusal).toBe('');
    expect(await hasEnded(sessionToken)).toBe(true);
    const { rows } = await stage.database.query(
      `select action from audit_entry where account_id = $1 and action like 'member%' order by seq`,
      [accountId],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'member_invited',
      'member_joined',
      'member_role_set',
      'member_role_set',
      'member_role_set',
      'member_removed',
    ]);
  });

  it('that were invited and did not come can be uninvited', async () => {
    const { accountId } = await proven();
    const { member } = await invite(accountId, 'late@example.com');
    const token = await stage.tokenFor('late@example.com', 'You are invited');
    await call(stage.people, 'removeMember', { accountId, memberId: member!.memberId, actor: from() });
    expect((await call(stage.people, 'acceptInvitation', { token, password: PASSWORD, actor: from() })).refusal).toBe(
      'token_invalid',
    );
    expect(await list(accountId)).toHaveLength(1);
  });
});

test('a member whom the version before wrote is a person too', async () => {
  const { accountId } = await registered();
  await stage.database.query(
    `insert into member (member_id, account_id, email, password_hash, role, created_at) values ('mem_old', $1, 'old@example.com', null, 'viewer', now())`,
    [accountId],
  );
  const { rows } = await stage.database.query(
    `select p.email from member m join person p using (person_id) where member_id = 'mem_old'`,
  );
  expect(rows).toEqual([{ email: 'old@example.com' }]);
});

test('the owners who proved their addresses are told of a declined card', async () => {
  const email = 'payer@example.com';
  const { accountId } = await stage.register({ email, password: 'my dog eats 7 socks' });
  const declined = { accountId, topUpId: 'top_declined', amountMicros: 50_000_000n, paymentMethod: 'visa 4242' };
  const letters = () => stage.lettersTo(email).filter((letter) => letter.includes('was declined'));
  await call(stage.people, 'tellTopUpDeclined', declined);
  await call(stage.people, 'verifyEmail', { token: await stage.tokenFor(email, 'Confirm'), actor: from() });
  await call(stage.people, 'tellTopUpDeclined', declined);
  await eventually(() => letters().length > 0, { what: 'a letter about the declined card' });
  expect(letters()).toHaveLength(1);
  for (const said of ['card visa 4242', '$50.00', '/dashboard/billing']) expect(letters()[0]).toContain(said);
});
