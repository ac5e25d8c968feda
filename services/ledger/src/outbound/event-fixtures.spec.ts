import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account } from '../domain/account';
import { NO_CAP, type AccountState } from '../domain/account-state';
import { postingsOf, type AccountEvent } from '../domain/postings';
import { advance, newStanding } from '../domain/standing';
import { decodeEvent, encodeEvent } from './event-codec';

interface Fixture { readonly written: string; readonly kind: string; readonly payload: string; readonly means: unknown }

/**
 * One line per event as some version of the ledger wrote it to disk. Lines are added when a field or a kind is, and never
 * changed or removed: whatever was ever stored must load, and mean the same, for ever.
 */
const FIXTURES = readFileSync(join(__dirname, '..', '..', 'test', 'event-fixtures.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Fixture);

const asText = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field)));

const KINDS: AccountEvent['$case'][] = [
  'fundsAdded', 'holdPlaced', 'holdCaptured', 'holdReleased', 'lateOutcomeRecorded', 'captureRefunded', 'fundsReversed', 'adjustmentMade', 'spendCapSet',
  'periodClosed', 'lowBalanceThresholdSet', 'balanceLow',
];
const EMPTY: AccountState = {
  accountId: 'acc_1', availableMicros: 0n, heldMicros: 0n, receivableMicros: 0n, thresholdMicros: 0n, accountCap: NO_CAP, keyCap: NO_CAP,
  hold: undefined, payment: undefined, done: undefined,
};

describe('events as they were ever written', () => {
  it.each(FIXTURES.map((fixture) => [`${fixture.kind} (${fixture.written})`, fixture] as const))('%s load and mean the same', (_, fixture) => {
    const event = decodeEvent(Buffer.from(fixture.payload, 'base64'));
    expect(asText(event)).toEqual(fixture.means);
    expect(encodeEvent({ event, traceparent: '' }).kind).toBe(fixture.kind);
    expect(postingsOf(event).reduce((sum, posting) => sum + posting.micros, 0n)).toBe(0n);
    const { availableMicros, heldMicros, receivableMicros } = account.evolve(EMPTY, event);
    expect(advance(newStanding('acc_1'), event, new Date(0))).toMatchObject({ version: 1n, availableMicros, heldMicros, receivableMicros });
  });

  it('cover every kind', () => {
    const covered = new Set(FIXTURES.map((fixture) => (fixture.means as AccountEvent).$case));
    expect(KINDS.filter((kind) => !covered.has(kind))).toEqual([]);
  });

  it('refuse what no version wrote', () => {
    expect(() => decodeEvent(Buffer.from([0xfa, 0x07, 0x00]))).toThrow('no event that this version knows');
  });
});
