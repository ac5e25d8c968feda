import fc from 'fast-check';
import type { Payment } from './account-state';
import { Batch, paymentKey, type LedgerCommand, type Loaded, type Outcome } from './batch';
import { changeIn, postingsOf, type AccountEvent, type Book } from './postings';
import { newStanding, type Standing } from './standing';

const ACCOUNTS = ['acc_1', 'acc_2'];
const SECOND_MICROS = 10n;
const NOW = new Date('2026-06-15T12:00:00Z');
const prices = [{ model: '*', resolution: '720p', perSecondMicros: SECOND_MICROS, priceVersion: 1, effectiveFrom: new Date(0) }];

const accountId = fc.constantFrom(...ACCOUNTS);
/** A job belongs to one account, but now and then a command names the wrong one. */
const jobId = fc.integer({ min: 1, max: 6 }).map((n) => `job_${n}`);
const apiKeyId = fc.constantFrom('key_1', 'key_2');
const paymentRef = fc.constantFrom('p1', 'p2', 'p3', 'p4');
const micros = fc.bigInt({ min: -5n, max: 60n });
const small = fc.bigInt({ min: 0n, max: 30n });
const said = { reason: fc.constant('because'), author: fc.constant('ann') };
const kind = <Kind extends LedgerCommand['type']>(name: Kind) => fc.constant(name);
const command: fc.Arbitrary<LedgerCommand> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: kind('AddFunds'), accountId, amountMicros: fc.bigInt({ min: 0n, max: 80n }), source: fc.constantFrom('manual' as const, 'promotion' as const),
    paymentRef, author: fc.constant(''), note: fc.constant('') }) },
  { weight: 6, arbitrary: fc.record({ type: kind('PlaceHold'), accountId, jobId,
    terms: fc.record({ apiKeyId, model: fc.constant('m'), resolution: fc.constantFrom('720p', '720p', '720p', '9p'), durationSeconds: fc.integer({ min: 0, max: 5 }) }) }) },
  fc.record({ type: kind('VoidHold'), accountId, jobId }),
  { weight: 6, arbitrary: fc.record({ type: kind('Settle'), accountId, jobId, chargedMicros: micros, releasedMicros: micros, rule: fc.constant('completed') }) },
  { weight: 2, arbitrary: fc.record({ type: kind('RefundCapture'), accountId, jobId, refundKey: fc.constantFrom('r1', 'r2', 'r3'), amountMicros: small, ...said }) },
  { weight: 2, arbitrary: fc.record({ type: kind('ReverseFunds'), accountId, paymentRef, reversalRef: fc.constantFrom('v1', 'v2', 'v3'), amountMicros: fc.bigInt({ min: 0n, max: 80n }), ...said }) },
  fc.record({ type: kind('Adjust'), accountId, adjustmentRef: fc.constantFrom('a1', 'a2'), amountMicros: fc.bigInt({ min: -30n, max: 30n }), ...said }),
  fc.record({ type: kind('SetSpendCap'), accountId, apiKeyId: fc.constant(''), limitMicros: fc.option(fc.bigInt({ min: 0n, max: 120n }), { nil: undefined }), author: fc.constant('ann') }),
  fc.record({ type: kind('SetLowBalanceThreshold'), accountId, thresholdMicros: small, author: fc.constant('ann') }),
);

/** Knows nothing of events: the net worth of each account as the sum of what was answered, and each job's fate. */
class Model {
  readonly net = new Map<string, bigint>(ACCOUNTS.map((id) => [id, 0n]));
  readonly holds = new Map<string, { accountId: string; amount: bigint; state: string; captured: bigint; refunded: bigint }>();
  readonly payments = new Map<string, { amount: bigint; reversed: bigint }>();

  learn(done: LedgerCommand, { refusal, replayed }: Outcome): void {
    if (refusal !== undefined || replayed) return;
    const move = (delta: bigint) => void this.net.set(done.accountId, this.net.get(done.accountId)! + delta);
    switch (done.type) {
      case 'AddFunds': this.payments.set(`${done.accountId} ${done.paymentRef}`, { amount: done.amountMicros, reversed: 0n }); return move(done.amountMicros);
      case 'ReverseFunds': this.payments.get(`${done.accountId} ${done.paymentRef}`)!.reversed += done.amountMicros; return move(-done.amountMicros);
      case 'Adjust': return move(done.amountMicros);
      case 'RefundCapture': this.holds.get(done.jobId)!.refunded += done.amountMicros; return move(done.amountMicros);
      case 'SetSpendCap': case 'SetLowBalanceThreshold': return undefined;
      default: return move(-this.learnHold(done));
    }
  }

  held(id: string): bigint {
    return [...this.holds.values()].filter((hold) => hold.accountId === id && hold.state === 'pending').reduce((sum, hold) => sum + hold.amount, 0n);
  }

  private learnHold(done: Extract<LedgerCommand, { type: 'PlaceHold' | 'VoidHold' | 'Settle' }>): bigint {
    const hold = this.holds.get(done.jobId);
    if (done.type === 'PlaceHold') {
      expect(hold).toBeUndefined();
      this.holds.set(done.jobId, { accountId: done.accountId, amount: SECOND_MICROS * BigInt(done.terms.durationSeconds), state: 'pending', captured: 0n, refunded: 0n });
      return 0n;
    }
    const amount = hold?.amount ?? 0n;
    if (hold !== undefined) expect(hold).toMatchObject({ accountId: done.accountId, state: 'pending' });
    if (done.type === 'Settle') expect(done.chargedMicros + done.releasedMicros).toBe(amount);
    const captured = done.type === 'Settle' ? done.chargedMicros : 0n;
    this.holds.set(done.jobId, { accountId: done.accountId, amount, state: captured > 0n ? 'captured' : 'released', captured, refunded: 0n });
    return captured;
  }
}

function loaded(over: Partial<Loaded> = {}): Loaded {
  return {
    now: NOW, prices, accounts: new Map(ACCOUNTS.map((id): [string, Standing] => [id, newStanding(id)])), holds: new Map(), payments: new Map(),
    done: new Map(), keyCaps: new Map(), countedKeys: new Map(), openHolds: new Map(), ...over,
  };
}

const newBatch = () => new Batch(loaded());

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
      const { availableMicros, heldMicros, receivableMicros } = outcome.state;
      expect(availableMicros + heldMicros - receivableMicros).toBe(model.net.get(next.accountId));
      expect(heldMicros).toBe(model.held(next.accountId));
      expect(availableMicros >= 0n && heldMicros >= 0n && receivableMicros >= 0n).toBe(true);
      expect(availableMicros === 0n || receivableMicros === 0n).toBe(true);
    }
  }));

  it('record postings that sum to zero and make up the balance', () => property((commands) => {
    const batch = newBatch();
    commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
    for (const event of eventsOf(batch)) expect(postingsOf(event).reduce((sum, posting) => sum + posting.micros, 0n)).toBe(0n);
    const total = (book: Book, events: AccountEvent[]) => events.reduce((sum, event) => sum + changeIn(book, event), 0n);
    for (const account of batch.changedAccounts()) {
      const events = batch.events.get(account.accountId)!.map((traced) => traced.event);
      expect([account.availableMicros, account.heldMicros, -account.receivableMicros, account.totalSpendMicros])
        .toEqual([total('available', events), total('held', events), total('receivable', events), total('revenue', events)]);
      const { addedMicros, refundedMicros, adjustedMicros, chargedMicros, reversedMicros } = account.period.movements;
      expect(addedMicros + refundedMicros + adjustedMicros - chargedMicros - reversedMicros)
        .toBe(account.availableMicros + account.heldMicros - account.receivableMicros);
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

  it('never refund more than was captured, nor reverse more than was paid', () => property((commands) => {
    const batch = newBatch();
    const model = new Model();
    commands.forEach((next) => model.learn(next, batch.decide({ command: next, traceparent: '' })));
    for (const hold of model.holds.values()) expect(hold.refunded <= hold.captured).toBe(true);
    for (const payment of model.payments.values()) expect(payment.reversed <= payment.amount).toBe(true);
  }));

  it('never hold or spend more than the cap of the moment', () => property((commands) => {
    const batch = newBatch();
    for (const next of commands) {
      const { refusal, replayed, state } = batch.decide({ command: next, traceparent: '' });
      if (next.type !== 'PlaceHold' || refusal !== undefined || replayed) continue;
      const [standing] = batch.changedAccounts().filter((account) => account.accountId === next.accountId);
      const { chargedMicros, refundedMicros } = standing!.period.movements;
      if (state.accountCap.limitMicros !== undefined) expect(chargedMicros - refundedMicros + standing!.heldMicros <= state.accountCap.limitMicros).toBe(true);
    }
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
  const standing: Standing = { ...newStanding('acc_1'), version: 7n, availableMicros: 30n, period: { ...newStanding('').period, month: '2026-06', firstVersion: 1n } };
  const payments = new Map<string, Payment>([[paymentKey('acc_1', 'p1'), { amountMicros: 30n, reversedMicros: 0n, source: 'manual' }]]);
  const placing = (job: string, seconds = 3): LedgerCommand =>
    ({ type: 'PlaceHold', accountId: 'acc_1', jobId: job, terms: { apiKeyId: 'key_1', model: 'm', resolution: '720p', durationSeconds: seconds } });

  it('decides on rows that were loaded before it', () => {
    const batch = new Batch(loaded({ accounts: new Map([['acc_1', standing]]), payments }));
    expect(batch.decide({ traceparent: '', command: { type: 'AddFunds', accountId: 'acc_1', amountMicros: 30n, source: 'manual', paymentRef: 'p1', author: '', note: '' } }).replayed).toBe(true);
    expect(batch.decide({ traceparent: 't', command: placing('job_1') }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: placing('job_2') }).refusal).toBe('insufficient_balance');
    expect(batch.rows.entries).toEqual([{ accountId: 'acc_1', version: 8n, jobId: 'job_1', availableAfterMicros: 0n, heldAfterMicros: 30n, receivableAfterMicros: 0n }]);
    expect([...batch.rows.holds.keys()]).toEqual(['job_1']);
  });

  it('closes the month before the first event of the next, once, with all that is open', () => {
    const openHolds = [{ jobId: 'job_old', apiKeyId: 'key_1', amountMicros: 5n }];
    const batch = new Batch(loaded({ now: new Date('2026-08-01T00:00:00Z'), accounts: new Map([['acc_1', { ...standing, heldMicros: 5n }]]), openHolds: new Map([['acc_1', openHolds]]) }));
    batch.decide({ traceparent: '', command: placing('job_1', 1) });
    batch.decide({ traceparent: '', command: placing('job_2', 1) });
    const events = eventsOf(batch);
    expect(events.map((event) => event.$case)).toEqual(['periodClosed', 'holdPlaced', 'holdPlaced']);
    expect(events[0]!.value).toMatchObject({ period: '2026-06', firstVersion: 1n, lastVersion: 7n, openHolds, closing: { availableMicros: 30n, heldMicros: 5n } });
    expect(batch.rows.statements).toHaveLength(1);
    expect(batch.changedAccounts()[0]!.period).toMatchObject({ month: '2026-08', firstVersion: 8n, opening: { availableMicros: 30n, heldMicros: 5n } });
  });

  it('does not close a month for a refusal, and not again when a clock is behind', () => {
    const late = { ...standing, lastRecordedAt: new Date('2026-07-01T00:00:00.001Z'), period: { ...standing.period, month: '2026-07' } };
    const batch = new Batch(loaded({ now: new Date('2026-06-30T23:59:59.999Z'), accounts: new Map([['acc_1', late]]) }));
    expect(batch.decide({ traceparent: '', command: placing('job_1', 5) }).refusal).toBe('insufficient_balance');
    batch.decide({ traceparent: '', command: placing('job_2', 1) });
    expect(eventsOf(batch).map((event) => event.$case)).toEqual(['holdPlaced']);
    expect(batch.changedAccounts()[0]!.lastRecordedAt).toEqual(late.lastRecordedAt);
  });

  it('counts a key that is capped, also within the batch that caps it', () => {
    const keyCaps = new Map([['acc_1 key_1', { accountId: 'acc_1', apiKeyId: 'key_1', limitMicros: undefined, heldMicros: 0n, month: '2026-06', spentMicros: 5n }]]);
    const batch = new Batch(loaded({ accounts: new Map([['acc_1', standing]]), countedKeys: keyCaps }));
    batch.decide({ traceparent: '', command: { type: 'SetSpendCap', accountId: 'acc_1', apiKeyId: 'key_1', limitMicros: 25n, author: 'ann' } });
    expect(batch.decide({ traceparent: '', command: placing('job_1', 1) }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: placing('job_2', 1) }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: placing('job_3', 1) }).refusal).toBe('spend_cap_reached');
    expect([...batch.rows.keyCaps.values()]).toEqual([{ ...keyCaps.get('acc_1 key_1')!, limitMicros: 25n, heldMicros: 20n }]);
  });

  it.each([undefined, -1n])('forgets the counters of a key that had no cap and gets none (limit %s)', (limitMicros) => {
    const countedKeys = new Map([['acc_1 key_1', { accountId: 'acc_1', apiKeyId: 'key_1', limitMicros: undefined, heldMicros: 0n, month: '2026-06', spentMicros: 0n }]]);
    const batch = new Batch(loaded({ accounts: new Map([['acc_1', standing]]), countedKeys }));
    batch.decide({ traceparent: '', command: placing('job_1', 1) });
    batch.decide({ traceparent: '', command: { type: 'SetSpendCap', accountId: 'acc_1', apiKeyId: 'key_1', limitMicros, author: 'ann' } });
    batch.decide({ traceparent: '', command: placing('job_2', 1) });
    expect(eventsOf(batch).map((event) => event.$case)).toEqual(['holdPlaced', 'holdPlaced']);
    expect([...batch.rows.keyCaps.values()]).toEqual([]);
  });
});
