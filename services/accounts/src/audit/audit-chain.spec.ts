import { AUDIT_START, auditHash, firstBreak } from './audit-chain';
import type { ChainedAuditEntry } from './audit';

function chain(length: number): ChainedAuditEntry[] {
  const entries: ChainedAuditEntry[] = [];
  for (let index = 0; index < length; index++) {
    const previousHash = entries.at(-1)?.hash ?? AUDIT_START;
    const entry = { seq: BigInt(index + 1), accountId: 'acc_1', author: 'ann', action: 'limits_set', subject: `s${index}`, at: new Date(index) };
    entries.push({ ...entry, previousHash, hash: auditHash(previousHash, entry) });
  }
  return entries;
}

test('an untouched chain has no break', () => {
  expect(firstBreak(chain(5))).toBeUndefined();
});

test('an edited entry shows where it is', () => {
  expect(firstBreak(chain(5).map((entry) => (entry.seq === 3n ? { ...entry, author: 'eve' } : entry)))).toBe(3n);
});

test('a missing entry shows at the next one', () => {
  expect(firstBreak(chain(5).filter((entry) => entry.seq !== 2n))).toBe(3n);
});

test('text cannot move from one field into the next unnoticed', () => {
  const entry = { seq: 1n, accountId: 'acc_1', author: 'a', action: 'bc', subject: 'd', at: new Date(0) };
  expect(auditHash(AUDIT_START, entry)).not.toEqual(auditHash(AUDIT_START, { ...entry, author: 'ab', action: 'c' }));
});
