import { status } from '@grpc/grpc-js';
import type { Entry, Statement } from '@usvideo/contracts/ledger';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let manager: string;
let reader: string;

beforeAll(async () => {
  test = await startTestGateway();
  manager = test.peers.addKey('usv_live_managermanagermanager', {
    scopes: ['videos', 'billing:read', 'billing:manage'],
  });
  reader = test.peers.addKey('usv_live_readerreaderreader', {});
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.ledger = {};
  test.peers.scheduler = {};
});

type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
const ask = (method: string, path: string, body?: unknown, authorization = manager, headers = {}) =>
  send(method, `${test.url}/v1${path}`, body, { authorization, ...headers });

describe('statements', () => {
  const statement = (over: Partial<Statement> = {}): Statement => ({
    period: '2026-03',
    periodStart: new Date('2026-03-01T00:00:00Z'),
    periodEnd: new Date('2026-04-01T00:00:00Z'),
    open: false,
    firstVersion: 5n,
    lastVersion: 9n,
    openingBalanceMicros: 1_000_000n,
    addedMicros: 5_000_000n,
    chargedMicros: 1_250_000n,
    refundedMicros: 250_000n,
    reversedMicros: 0n,
    adjustedMicros: -1_000_000n,
    closingBalanceMicros: 4_000_000n,
    chargedJobs: 1n,
    closingAvailableMicros: 4_000_000n,
    closingHeldMicros: 0n,
    closingReceivableMicros: 0n,
    ...over,
  });
  const entry = (version: bigint): Entry => ({
    eventId: `evt_${version}`,
    version,
    kind: 'funds_added',
    jobId: '',
    availableChangeMicros: 1n,
    heldChangeMicros: 0n,
    availableAfterMicros: 1n,
    heldAfterMicros: 0n,
    recordedAt: new Date(0),
    note: '',
    reference: 'pay_1',
    receivableAfterMicros: 0n,
  });
  /** An account with twelve entries, newest first as the ledger lists them. */
  const entries =
    (seen: bigint[]) =>
    ({ beforeVersion, limit }: { beforeVersion: bigint; limit: number }) => {
      seen.push(beforeVersion);
      const before = Array.from({ length: 12 }, (_, index) => BigInt(12 - index)).filter(
        (version) => version < beforeVersion,
      );
      return { entries: before.slice(0, limit).map(entry), hasMore: before.length > limit };
    };

  it('are listed with what makes the closing of the opening', async () => {
    test.peers.ledger.listStatements = () => ({ statements: [statement()], hasMore: true });
    expect(await ask('GET', '/statements?limit=1', undefined, reader)).toMatchObject({
      status: 200,
      body: {
        has_more: true,
        data: [
          {
            id: '2026-03',
            opening_balance: '$1.00',
            added: '$5.00',
            charged: '$1.25',
            refunded: '$0.25',
            adjusted: '-$1.00',
            closing_balance: '$4.00',
            jobs: 1,
            open: false,
          },
        ],
      },
    });
  });

  it('have the lines of their month and no others', async () => {
    const seen: bigint[] = [];
    test.peers.ledger.getStatement = () => ({ statement: statement() });
    test.peers.ledger.listEntries = entries(seen);
    const ids = (answer: Answer) => (answer.body['lines'] as { data: { id: string }[] }).data.map(({ id }) => id);
    const first = await ask('GET', '/statements/2026-03?limit=3', undefined, reader);
    expect(ids(first)).toEqual(['evt_9', 'evt_8', 'evt_7']);
    expect(first.body['lines']).toMatchObject({ has_more: true, next_cursor: '7', limit: 3 });
    const second = await ask('GET', '/statements/2026-03?limit=3&starting_after=7', undefined, reader);
    expect(ids(second)).toEqual(['evt_6', 'evt_5']);
    expect(second.body['lines']).toMatchObject({ has_more: false, next_cursor: null });
    expect(ids(await ask('GET', '/statements/2026-03?starting_after=5', undefined, reader))).toEqual([]);
    expect(ids(await ask('GET', '/statements/2026-03?starting_after=100&limit=1', undefined, reader))).toEqual([
      'evt_9',
    ]);
    expect(seen).toEqual([10n, 7n, 10n]);
  });

  it('without events have no lines', async () => {
    test.peers.ledger.getStatement = () => ({ statement: statement({ firstVersion: 0n, lastVersion: 0n }) });
    expect(await ask('GET', '/statements/2026-03', undefined, reader)).toMatchObject({
      status: 200,
      body: { lines: { data: [] } },
    });
  });

  it.each(['2026-13', '2026-3', 'march', '1999-01'])('of %s are not there', async (period) => {
    test.peers.ledger.getStatement = () => {
      throw failure(status.NOT_FOUND);
    };
    expect(await ask('GET', `/statements/${period}`, undefined, reader)).toMatchObject({
      status: 404,
      body: { error: 'not_found' },
    });
  });
});
