import { AUDIT_START, auditHash, CHAIN_START, followChain } from './audit-chain';
import type { AuditEntry, ChainedAuditEntry } from './audit';

const ENTRY: AuditEntry = {
  seq: 1n,
  accountId: 'acc_1',
  author: 'ann',
  action: 'limits_set',
  subject: 's',
  at: new Date(0),
  format: 2,
  address: '192.0.2.1',
  requestId: 'req_1',
  before: '',
  after: '{}',
};

function chain(length: number): ChainedAuditEntry[] {
  const entries: ChainedAuditEntry[] = [];
  for (let index = 0; index < length; index++) {
    const previousHash = entries.at(-1)?.hash ?? AUDIT_START;
    const entry = {
      ...ENTRY,
      seq: BigInt(index + 1),
      subject: `s${index}`,
      at: new Date(index),
      format: index < 2 ? 1 : 2,
    };
    entries.push({ ...entry, previousHash, hash: auditHash(previousHash, entry) });
  }
  return entries;
}

test('an untouched chain has no break, also where its format changed and where it is read in two stretches', () => {
  const entries = chain(5);
  const end = { seq: 6n, hash: entries.at(-1)!.hash };
  expect(followChain(CHAIN_START, entries)).toEqual(end);
  const middle = followChain(CHAIN_START, entries.slice(0, 3));
  expect(followChain(middle as typeof end, entries.slice(3))).toEqual(end);
});

test.each<[string, Partial<AuditEntry>]>([
  ['author', { author: 'eve' }],
  ['address', { address: '' }],
  ['request id', { requestId: 'req_2' }],
  ['before', { before: '{}' }],
  ['after', { after: '' }],
  ['format', { format: 1 }],
])('an edited %s shows where it is', (_, edit) => {
  expect(
    followChain(
      CHAIN_START,
      chain(5).map((entry) => (entry.seq === 4n ? { ...entry, ...edit } : entry)),
    ),
  ).toEqual({ broken: 4n });
});

test('a missing entry shows at the next one', () => {
  expect(
    followChain(
      CHAIN_START,
      chain(5).filter((entry) => entry.seq !== 2n),
    ),
  ).toEqual({ broken: 3n });
});

test('text cannot move from one field into the next unnoticed', () => {
  const entry = { ...ENTRY, author: 'a', action: 'bc' };
  expect(auditHash(AUDIT_START, entry)).not.toEqual(auditHash(AUDIT_START, { ...entry, author: 'ab', action: 'c' }));
});
