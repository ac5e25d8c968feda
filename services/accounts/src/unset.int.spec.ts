import { createHash, randomBytes } from 'node:crypto';
import { MemberRefusal, SignInRefusal } from '@usvideo/contracts/accounts';
import { refusedAs } from '@usvideo/contracts/names';
import { call } from '@usvideo/runtime';
import { TOTP } from 'otpauth';
import { AccountsStage } from '../test/accounts-stage';

const PASSWORD = 'my dog eats 7 socks';
const from = { author: 'self', address: '198.51.100.7', requestId: 'req_1' };
let stage: AccountsStage;

beforeAll(async () => {
  stage = new AccountsStage();
  await stage.open();
});
afterAll(() => stage.close());

async function owner(email: string) {
  const { accountId } = await stage.register({ email, password: PASSWORD });
  const { sessionToken } = await call(stage.people, 'signIn', { email, password: PASSWORD, totpCode: '', actor: from });
  return { email, accountId, tokenSha256: createHash('sha256').update(sessionToken).digest() };
}

test('without SECRETS_KEY a second factor and letters are refused by name, and nothing is kept of them', async () => {
  await stage.restart({ SECRETS_KEY: undefined });
  const { email, accountId, tokenSha256 } = await owner('unset@example.com');
  expect(await call(stage.people, 'startTotp', { tokenSha256, actor: from })).toEqual({
    ...refusedAs(SignInRefusal, 'secrets_key_unset'),
    secret: '',
    otpauthUrl: '',
  });
  expect(await call(stage.people, 'requestPasswordReset', { email, actor: from })).toEqual(
    refusedAs(SignInRefusal, 'letters_unset'),
  );
  expect(await call(stage.people, 'requestPasswordReset', { email: 'nobody@example.com', actor: from })).toEqual(
    refusedAs(SignInRefusal, 'letters_unset'),
  );
  expect(
    await call(stage.people, 'inviteMember', { accountId, email: 'new@example.com', role: 'viewer', actor: from }),
  ).toEqual({ ...refusedAs(MemberRefusal, 'letters_unset'), member: undefined });
  expect((await call(stage.people, 'listMembers', { accountId })).members).toHaveLength(1);
});

test('without MAIL_URL letters alone are refused', async () => {
  await stage.restart({ MAIL_URL: undefined });
  const { email, tokenSha256 } = await owner('no-mail@example.com');
  expect(await call(stage.people, 'requestPasswordReset', { email, actor: from })).toEqual(
    refusedAs(SignInRefusal, 'letters_unset'),
  );
  expect((await call(stage.people, 'startTotp', { tokenSha256, actor: from })).refusal).toBe('');
});

test('it does not start where second factors are kept that its SECRETS_KEY does not open', async () => {
  await stage.restart();
  const { tokenSha256 } = await owner('sealed@example.com');
  const { secret } = await call(stage.people, 'startTotp', { tokenSha256, actor: from });
  const code = new TOTP({ secret }).generate();
  expect((await call(stage.people, 'confirmTotp', { tokenSha256, code, actor: from })).refusal).toBe('');
  await expect(stage.restart({ SECRETS_KEY: undefined })).rejects.toThrow('SECRETS_KEY is not set');
  await expect(stage.restart({ SECRETS_KEY: randomBytes(32).toString('base64') })).rejects.toThrow(
    'but SECRETS_KEY is',
  );
  await stage.restart();
  expect(
    (await call(stage.people, 'signIn', { email: 'sealed@example.com', password: PASSWORD, totpCode: '', actor: from }))
      .refusal,
  ).toBe('mfa_required');
});
