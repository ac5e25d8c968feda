import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account } from '../account/account';
import { NO_CAP, type AccountState } from '../account/account-state';
import { postingsOf, type AccountEvent } from '../account/postings';
import { advance, newBalance } from '../account/account-balance';
import { decodeEvent, encodeEvent } from './event-codec';

interface Fixture {
  readonly written: string;
  readonly kind: string;
  readonly payload: string;
  readonly means: unknown;
}

/**
 * One line per event as some version of the ledger wrote it to disk. Lines are added when a field or a kind is, and never
 * changed or removed: whatever was ever stored must load, and mean the same, for ever.
 */
const FIXTURES = readFileSync(join(__dirname, '..', '..', 'test', 'event-fixtures.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Fixture);

const asText = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field)));

const KINDS: AccountEvent['$case'][] = [
  'fundsAdded',
  'holdPlaced',
  'holdCaptured',
  'holdReleased',
  'lateOutcomeRecorded',
  'captureRefunded',
  'fundsReversed',
  'adjustmentMade',
  'spendCapSet',
  'periodClosed',
  'lowBalanceThresholdSet',
  'balanceLow',
];
const EMPTY: AccountState = {
  accountId: 'acc_1',
  availableMicros: 0n,
  heldMicros: 0n,
  receivableMicros: 0n,
  thresholdMicros: 0n,
  accountCap: NO_CAP,
  keyCap: NO_CAP,
  hold: undefined,
  payment: undefined,
  reversal: undefined,
  done: undefined,
};

describe('events as they were ever written', () => {
  it.each(FIXTURES.map((fixture) => [`${fixture.kind} (${fixture.written})`, fixture] as const))(
    '%s load and mean the same',
    (_, fixture) => {
      const event = decodeEvent(Buffer.from(fixture.payload, 'base64'));
      expect(asText(event)).toEqual(fixture.means);
      expect(encodeEvent({ event, traceparent: '' }).kind).toBe(fixture.kind);
      expect(postingsOf(event).reduce((sum, posting) => sum + posting.micros, 0n)).toBe(0n);
      const { availableMicros, heldMicros, receivableMicros } = account.evolve(EMPTY, event);
      expect(advance(newBalance('acc_1'), event, new Date(0))).toMatchObject({
        version: 1n,
        availableMicros,
        heldMicros,
        receivableMicros,
      });
    },
  );

  it('cover every kind', () => {
    const covered = new Set(FIXTURES.map((fixture) => (fixture.means as AccountEvent).$case));
    expect(KINDS.filter((kind) => !covered.has(kind))).toEqual([]);
  });

  it('cover every field, nested ones included, with a value of its own', () => {
    const proto = readFileSync(
      join(__dirname, '..', '..', '..', '..', 'proto', 'usvideo', 'ledger', 'v1', 'events.proto'),
      'utf8',
    );
    const written = new Set<string>();
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, field] of Object.entries(value)) {
        if (!['0n', '', 0, false].includes(field as string)) written.add(name);
        visit(field);
      }
    };
    const missing = [...proto.matchAll(/^message (\w+) \{([^}]*)\}/gm)].flatMap(([, message, body]) => {
      if (message === 'LedgerEvent') return [];
      written.clear();
      const inside = FIXTURES.map((fixture) => fixture.means as AccountEvent);
      visit(
        inside.filter(
          ({ $case }) =>
            $case.toLowerCase() === message!.toLowerCase() ||
            !KINDS.some((kind) => kind.toLowerCase() === message!.toLowerCase()),
        ),
      );
      const fields = [...body!.matchAll(/^ {2}(?:optional |repeated )?\w+ (\w+) = \d+;/gm)].map(([, name]) =>
        name!.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      );
      expect(fields.length).toBeGreaterThan(0);
      return fields.filter((name) => !written.has(name)).map((name) => `${message}.${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('refuse what no version wrote', () => {
    expect(() => decodeEvent(Buffer.from([0xfa, 0x07, 0x00]))).toThrow('no event that this version knows');
  });
});
