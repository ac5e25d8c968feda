import { call, createLogger, dial } from '@usvideo/runtime';
import { MembersServiceClient } from '@usvideo/contracts/accounts';
import { LedgerServiceClient } from '@usvideo/contracts/ledger';
import { status } from '@grpc/grpc-js';
import { failure, FakePeers } from '../http/fake-peers.fixture';
import { DeclinedTopUps } from './declined-top-ups.loop';

const peers = new FakePeers();
const declined = ['top_1', 'top_2'].map((topUpId) => ({
  topUpId,
  accountId: 'acc_1',
  amountMicros: 50_000_000n,
  paymentMethod: 'visa 4242',
  failure: 'card_declined',
}));
let loop: DeclinedTopUps;
let clients: { ledger: LedgerServiceClient; members: MembersServiceClient };
beforeAll(async () => {
  await peers.start();
  clients = { ledger: dial(LedgerServiceClient, peers.address), members: dial(MembersServiceClient, peers.address) };
  loop = new DeclinedTopUps({ ...clients, logger: createLogger('gateway', 'silent') });
});
afterAll(async () => {
  clients.ledger.close();
  clients.members.close();
  await peers.remove();
});

it('has the owners written to, and says so to the ledger only once that was done', async () => {
  const said: string[] = [];
  peers.ledger.claimDeclinedTopUps = () => ({ topUps: declined });
  peers.ledger.declinedTopUpsTold = ({ topUpIds }) => {
    said.push(`told ${topUpIds.join()}`);
    return {};
  };
  peers.members.tellTopUpDeclined = ({ topUpId, accountId, amountMicros, paymentMethod }) => {
    if (topUpId === 'top_2') throw failure(status.UNAVAILABLE);
    said.push(`${topUpId} ${accountId} ${amountMicros} ${paymentMethod}`);
    return {};
  };
  await expect(loop.tell()).rejects.toThrow();
  expect(said).toEqual(['top_1 acc_1 50000000 visa 4242', 'told top_1']);
  expect((await call(clients.ledger, 'claimDeclinedTopUps', { limit: 1 })).topUps).toHaveLength(2);
});
