import { openStreamToken, sealStreamToken } from './stream-token';

const now = new Date('2026-03-01T12:00:00Z');
const grant = {
  accountId: 'acc_1',
  environment: 'test',
  keyId: 'key_1',
  jobId: 'job_1',
  expiresAt: new Date(now.getTime() + 60_000),
};
const token = sealStreamToken('secret', grant);

test('a token says what it opens, until its time is over', () => {
  expect(token).toMatch(/^usv_stream_[\w-]+\.[\w-]{43}$/);
  expect(openStreamToken('secret', token, now)).toEqual(grant);
  expect(openStreamToken('secret', token, new Date(grant.expiresAt.getTime() - 1))).toEqual(grant);
  expect(openStreamToken('secret', token, grant.expiresAt)).toBeUndefined();
});

const claimsOf = (text: string) => text.slice('usv_stream_'.length).split('.')[0]!;
const forged = Buffer.from(JSON.stringify(['acc_2', 'live', 'key_1', '', grant.expiresAt.getTime()])).toString(
  'base64url',
);

test.each([
  ['of another secret', sealStreamToken('other', grant)],
  ['with other claims', token.replace(claimsOf(token), forged)],
  ['without a signature', token.split('.')[0]!],
  ['with something behind it', `${token}.x`],
  ['that is empty', ''],
  ['that is a key', 'usv_live_0123456789abcdefghijklmnop'],
  ['without end', `usv_stream_${'a'.repeat(100_000)}.b`],
])('a token %s opens nothing', (_, text) => {
  expect(openStreamToken('secret', text, now)).toBeUndefined();
});
