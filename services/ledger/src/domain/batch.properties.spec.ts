import fc from 'fast-check';
import { Batch, paymentKey, type AccountBalance, type LedgerCommand, type Outcome } from './batch';
import { changeIn, postingsOf, type AccountEvent, type Book } from './postings';
import { NO_SPEND } from './spend';

const ACCOUNTS = ['acc_1', 'acc_2'];
const SECOND_MICROS = 10n;
const NOW = new Date('2026-06-15T12:00:00Z');
const prices = [{ model: '*', resolution: '720p', perSecondMicros: SECOND_MICROS, priceVersion: 1, effectiveFrom: new Date(0) }];

const accountId = fc.constantFrom(...ACCOUNTS);
/** A job belongs to one account, but now and then a command names the wrong one. */
const jobId = fc.integer({ min: 1, max: 6 }).map((n) => `job_${n}`);
const micros = fc.bigInt({ min: -5n, max: 60n });
const command: fc.Arbitrary<LedgerCommand> = fc.oneof(
  fc.record({ type: fc.constant('AddFunds' as const), accountId, amountMicros: fc.bigInt({ min: 0n, max: 80n }), source: fc.constantFrom('manual' as const, 'promotion' as const),
    paymentRef: fc.constantFrom('p1', 'p2', 'p3', 'p4'), author: fc.constant(''), note: fc.constant('') }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('PlaceHold' as const), accountId, jobId,
    terms: fc.record({ apiKeyId: fc.constant('key_1'), model: fc.constant('m'), resolution: fc.constantFrom('720p', '720p', '720p', '9p'), durationSeconds: fc.integer({ min: 0, max: 5 }) }) }) },
  fc.record({ type: fc.constant('VoidHold' as const), accountId, jobId }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('Settle' as const), accountId, jobId, chargedMicros: micros, releasedMicros: micros, rule: fc.constant('completed') }) },
);

/** Thirty lines that know nothing of events: the balance as the sum of what was answered. */
class Model {
  readonly available = new Map<string, bigint>(ACCOUNTS.map((id) => [id, 0n]));
  readonly holds = new Map<string, { accountId: string; amount: bigint; state: string }>();

  learn(done: LedgerCommand, { refusal, replayed }: Outcome): void {
    if (refusal !== undefined || replayed) return;
    const move = (delta: bigint) => void this.available.set(done.accountId, this.available.get(done.accountId)! + delta);
    if (done.type === 'AddFunds') return move(done.amountMicros);
    const hold = this.holds.get(done.jobId);
    if (done.type === 'PlaceHold') {
      expect(hold).toBeUndefined();
      const amount = SECOND_MICROS * BigInt(done.terms.durationSeconds);
      this.holds.set(done.jobId, { accountId: done.accountId, amount, state: 'pending' });
      return move(-amount);
    }
    const amount = hold?.amount ?? 0n;
    if (hold !== undefined) expect(hold).toMatchObject({ accountId: done.accountId, state: 'pending' });
    if (done.type === 'Settle') expect(done.chargedMicros + done.releasedMicros).toBe(amount);
    const charged = done.type === 'Settle' ? done.chargedMicros : 0n;
    this.holds.set(done.jobId, { accountId: done.accountId, amount, state: charged > 0n ? 'captured' : 'released' });
    return move(amount - charged);
  }

  held(id: string): bigint {
    return [...this.holds.values()].filter((hold) => hold.accountId === id && hold.state === 'pending').reduce((sum, hold) => sum + hold.amount, 0n);
  }
}

function newBatch(): Batch {
  const accounts = new Map(ACCOUNTS.map((id): [string, AccountBalance] => [id, { accountId: id, version: 0n, availableMicros: 0n, heldMicros: 0n, spend: NO_SPEND }]));
  return new Batch({ now: NOW, prices, accounts, holds: new Map(), payments: new Map() });
}

function eventsOf(batch: Batch): AccountEvent[] {
  return [...batch.events.values()].flat().map((traced) => traced.event);
}

/** The seed stands in the name of the test, so that a failure can be run again. */
const seed = Number.parseInt(process.env.FC_SEED ?? String(Date.now() % 2 ** 31), 10);

describe(`any commands in any order (FC_SEED=${seed})`, () => {
  const property = (check: (commands: LedgerCommand[]) => void) => fc.assert(fc.property(fc.array(command, { maxLength: 60 }), check), { seed, numRuns: 300 });

  it('leave the balance that the model says, never negative', () => property((commands) => {
    const batch = newBatch();
    const model = new Model();
    for (const next of commands) {
      const outcome = batch.decide({ command: next, traceparent: '' });
      model.learn(next, outcome);
      expect(outcome.state.availableMicros).toBe(model.available.get(next.accountId));
      expect(outcome.state.heldMicros).toBe(model.held(next.accountId));
      expect(outcome.state.availableMicros >= 0n && outcome.state.heldMicros >= 0n).toBe(true);
    }
  }));

  it('record postings that sum to zero and make up the balance', () => property((commands) => {
    const batch = newBatch();
    commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
    for (const event of eventsOf(batch)) expect(postingsOf(event).reduce((sum, posting) => sum + posting.micros, 0n)).toBe(0n);
    const total = (book: Book, events: AccountEvent[]) => events.reduce((sum, event) => sum + changeIn(book, event), 0n);
    for (const account of batch.changedAccounts()) {
      const events = batch.events.get(account.accountId)!.map((traced) => traced.event);
      expect([account.availableMicros, account.heldMicros, account.spend.totalMicros])
        .toEqual([total('available', events), total('held', events), total('revenue', events)]);
    }
  }));

  it('end each hold once and record each late outcome once', () => property((commands) => {
    const batch = newBatch();
    commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
    const ends = eventsOf(batch).flatMap((event) => (event.$case === 'holdCaptured' || event.$case === 'holdReleased' ? [event.value.jobId] : []));
    expect(new Set(ends).size).toBe(ends.length);
    const late = eventsOf(batch).flatMap((event) => (event.$case === 'lateOutcomeRecorded' ? [event.value.jobId] : []));
    expect(new Set(late).size).toBe(late.length);
  }));

  it('answer the same when they come again', () => property((commands) => {
    const batch = newBatch();
    commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
    const before = eventsOf(batch).length;
    for (const { event } of [...batch.events.values()].flat()) {
      if (event.$case !== 'fundsAdded' && event.$case !== 'holdCaptured') continue;
      const again: LedgerCommand = event.$case === 'fundsAdded'
        ? { type: 'AddFunds', accountId: ownerOf(batch, event), source: 'manual', ...pick(event.value) }
        : { type: 'Settle', accountId: ownerOf(batch, event), jobId: event.value.jobId, chargedMicros: event.value.capturedMicros, releasedMicros: event.value.releasedMicros, rule: '' };
      expect(batch.decide({ command: again, traceparent: '' })).toMatchObject({ refusal: undefined, replayed: true });
    }
    expect(eventsOf(batch)).toHaveLength(before);
  }));
});

function ownerOf(batch: Batch, wanted: AccountEvent): string {
  return [...batch.events].find(([, events]) => events.some((traced) => traced.event === wanted))![0];
}

function pick({ amountMicros, paymentRef, author, note }: { amountMicros: bigint; paymentRef: string; author: string; note: string }) {
  return { amountMicros, paymentRef, author, note };
}

describe('a batch', () => {
  it('decides on rows that were loaded before it', () => {
    const accounts = new Map([['acc_1', { accountId: 'acc_1', version: 7n, availableMicros: 30n, heldMicros: 0n, spend: NO_SPEND }]]);
    const batch = new Batch({ now: NOW, prices, accounts, holds: new Map(), payments: new Map([[paymentKey('acc_1', 'p1'), 30n]]) });
    const terms = { apiKeyId: 'key_1', model: 'm', resolution: '720p', durationSeconds: 3 };
    expect(batch.decide({ traceparent: '', command: { type: 'AddFunds', accountId: 'acc_1', amountMicros: 30n, source: 'manual', paymentRef: 'p1', author: '', note: '' } }).replayed).toBe(true);
    expect(batch.decide({ traceparent: 't', command: { type: 'PlaceHold', accountId: 'acc_1', jobId: 'job_1', terms } }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: { type: 'PlaceHold', accountId: 'acc_1', jobId: 'job_2', terms } }).refusal).toBe('insufficient_balance');
    expect(batch.entries).toEqual([{ accountId: 'acc_1', version: 8n, jobId: 'job_1', availableAfterMicros: 0n, heldAfterMicros: 30n }]);
    expect([...batch.changedHolds.keys()]).toEqual(['job_1']);
  });
});
