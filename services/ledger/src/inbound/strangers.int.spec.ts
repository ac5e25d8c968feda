import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerServiceClient, LedgerServiceService } from '@usvideo/contracts/ledger';
import { openDatabase, type Database } from '@usvideo/event-store';
import { LocalTransport } from '@usvideo/messaging';
import { call, createLogger, dial, type Running } from '@usvideo/runtime';
import { askEverything, postgres, type AskedService } from '@usvideo/testing';
import { readLedgerConfig, startLedger } from '../ledger.module';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { newAccount, newJob, placeHold, settle } from '../posting/ledger.fixture';

const logger = createLogger('ledger', 'silent');
let directory: string;
let running: Running;
let client: LedgerServiceClient;
let database: Database;
let service: AskedService;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  const url = await (await postgres()).createDatabase('ledger');
  const address = `unix:${join(directory, 'ledger.sock')}`;
  const config = readLedgerConfig({ GRPC_LISTEN: address, DATABASE_URL: url });
  running = await startLedger({ config, transport: new LocalTransport({ logger }), logger });
  client = dial(LedgerServiceClient, address);
  database = openDatabase({ url, poolSize: 2, applicationName: 'strangers' }, () => undefined);
  service = { definition: LedgerServiceService as unknown as AskedService['definition'], client };
});
afterAll(async () => {
  client.close();
  await running.stop();
  await database.end();
  await rm(directory, { recursive: true });
});

const isRead = (name: string) => /^(get|list|export)/.test(name);

it('a stranger who names the job, the payment and the order of another account learns and changes nothing of them', async () => {
  const [accountId, jobId, held] = [newAccount(), newJob(), newJob()];
  await call(client, 'addFunds', {
    accountId,
    amountMicros: 77_000_001n,
    source: 'manual',
    paymentRef: 'pay_secret',
    author: 'ops',
    note: 'a secret gift',
  });
  const writer = new LedgerWriter({ database, lanes: 1, onCommitted: () => undefined, logger });
  for (const command of [placeHold(accountId, jobId), settle(accountId, jobId), placeHold(accountId, held)])
    await writer.submit(command);
  const { topUp } = await call(client, 'createTopUp', {
    accountId,
    amountMicros: 5_000_000n,
    provider: 'manual',
    idempotencyKey: 'k',
    author: 'ann',
    successUrl: '',
    cancelUrl: '',
  }).catch(() => ({ topUp: undefined }));
  const known = {
    jobId,
    paymentRef: 'pay_secret',
    topUpId: topUp?.topUpId ?? 'top_of_nobody',
    apiKeyId: 'key_1',
    reversalRef: 're_1',
    refundKey: 'r_1',
    adjustmentRef: 'a_1',
    amountMicros: 1n,
    reason: 'none',
    author: 'stranger',
    note: '',
    source: 'manual',
    limit: 10,
    offset: 0,
    startDate: '2020-01-01',
    endDate: '2099-12-31',
    month: new Date().toISOString().slice(0, 7),
  };
  const own = () => askEverything(service, { ...known, accountId, apiKeyId: '' }, isRead);
  const before = await own();
  expect(before.given.get('listEntries')).toContain(jobId);
  expect(before.given.get('exportAccount')).toContain(accountId);
  const stranger = newAccount();
  await call(client, 'addFunds', {
    accountId: stranger,
    amountMicros: 1_000_000n,
    source: 'manual',
    paymentRef: 'pay_own',
    author: 'ops',
    note: '',
  });
  const { given, refused } = await askEverything(service, { ...known, accountId: stranger });
  expect(given.size + refused.size).toBeGreaterThan(15);
  expect(
    [...given].filter(
      ([, answer]) =>
        answer.includes('secret gift') || answer.includes(jobId) || answer.includes(held) || answer.includes(accountId),
    ),
  ).toEqual([]);
  expect([...refused].filter(([, reason]) => /^(2|13) /.test(reason))).toEqual([]);
  expect(await own()).toEqual(before);
});
