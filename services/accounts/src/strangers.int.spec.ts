import { AccountsServiceService, MembersServiceService } from '@usvideo/contracts/accounts';
import { call } from '@usvideo/runtime';
import { askEverything, type AskedService } from '@usvideo/testing';
import { AccountsStage } from '../test/accounts-stage';

const stage = new AccountsStage();
beforeAll(() => stage.open());
afterAll(() => stage.close());

const isRead = (name: string) => /^(get|list)/.test(name);

test('a stranger learns and changes nothing of keys, members and what was done', async () => {
  const services: AskedService[] = [
    { definition: AccountsServiceService as unknown as AskedService['definition'], client: stage.client },
    { definition: MembersServiceService as unknown as AskedService['definition'], client: stage.people },
  ];
  const owner = await stage.register({ email: 'owner-of-it@example.com', accountName: 'Of the owner' });
  const stranger = await stage.register({ email: 'stranger@example.com', accountName: 'Of the stranger' });
  const { accountId } = owner;
  const { keys } = await call(stage.client, 'listKeys', { accountId });
  const { members } = await call(stage.people, 'listMembers', { accountId });
  const known = {
    keyId: keys[0]!.keyId,
    memberId: members[0]!.memberId,
    environment: 'live',
    limit: 10,
    role: 'viewer',
    email: 'guest@example.com',
    name: 'x',
  };
  const ask = (asked: object, isAsked = (_: string) => true) =>
    Promise.all(services.map((service) => askEverything(service, { ...known, ...asked }, isAsked)));
  const before = await ask({ accountId }, isRead);
  expect(before[0]!.given.get('listKeys')).toContain(known.keyId);
  expect(before[1]!.given.get('listMembers')).toContain('owner-of-it@example.com');
  for (const { given, refused } of await ask({ accountId: stranger.accountId })) {
    expect(given.size + refused.size).toBeGreaterThan(3);
    expect(
      [...given].filter(
        ([, answer]) =>
          answer.includes(accountId) ||
          answer.includes('owner-of-it') ||
          answer.includes(known.keyId) ||
          answer.includes(known.memberId),
      ),
    ).toEqual([]);
    expect([...refused].filter(([, reason]) => /^(2|13) /.test(reason))).toEqual([]);
  }
  expect(await ask({ accountId }, isRead)).toEqual(before);
});
