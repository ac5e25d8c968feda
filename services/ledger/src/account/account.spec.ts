import { account, refusalOf } from './account';
import { newBalance } from './account-balance';
import { Batch, paymentKey } from './batch';
import { NO_CAP, type AccountState, type Hold } from './account-state';
import type { AccountCommand, PlaceHold, Refusal, Settle } from './commands';
import type { AccountEvent } from './postings';

const ACCOUNT = 'acc_1';
const JOB = 'job_1';
const TERMS = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };
const PRICE = { perSecondMicros: 250_000n, priceVersion: 1, amountMicros: 1_250_000n };

const empty: AccountState = {
  accountId: ACCOUNT, availableMicros: 0n, heldMicros: 0n, receivableMicros: 0n, thresholdMicros: 0n, accountCap: NO_CAP, keyCap: NO_CAP,
  hold: undefined, payment: undefined, reversal: undefined, done: undefined,
};
const placeHold: PlaceHold = { type: 'PlaceHold', accountId: ACCOUNT, jobId: JOB, terms: TERMS, offer: { price: PRICE, quoted: false } };
const voidHold: AccountCommand = { type: 'VoidHold', accountId: ACCOUNT, jobId: JOB };

const funded = (amountMicros = 10_000_000n): AccountEvent =>
  ({ $case: 'fundsAdded', value: { amountMicros, source: 'manual', paymentRef: 'pay_1', author: 'ops', note: '' } });
const placed: AccountEvent = { $case: 'holdPlaced', value: { jobId: JOB, ...TERMS, ...PRICE } };
const captured = (capturedMicros: bigint, releasedMicros: bigint): AccountEvent =>
  ({ $case: 'holdCaptured', value: { jobId: JOB, capturedMicros, releasedMicros, rule: 'completed' } });
const released = (releasedMicros: bigint, rule = 'voided'): AccountEvent =>
  ({ $case: 'holdReleased', value: { jobId: JOB, releasedMicros, rule } });
const late = (chargedMicros: bigint, releasedMicros: bigint, refusal: string): AccountEvent =>
  ({ $case: 'lateOutcomeRecorded', value: { jobId: JOB, chargedMicros, releasedMicros, rule: 'completed', refusal } });
const verdict = (chargedMicros: bigint, releasedMicros: bigint): Settle =>
  ({ type: 'Settle', accountId: ACCOUNT, jobId: JOB, chargedMicros, releasedMicros, rule: 'completed' });

/** given the past · when a command comes · then these events, or this refusal. */
function given(...past: AccountEvent[]) {
  const state = past.reduce(account.evolve, empty);
  return {
    state,
    when: (command: AccountCommand) => ({
      then: (...events: AccountEvent[]) => expect(account.decide(state, command)).toEqual({ accepted: true, events }),
      thenRefused: (refusal: Refusal) => {
        expect(account.decide(state, command)).toEqual({ accepted: false, refusal });
        expect(refusalOf(account.decide(state, command))).toBe(refusal);
      },
    }),
  };
}

describe('adding funds', () => {
  const add = (amountMicros: bigint, paymentRef = 'pay_1'): AccountCommand =>
    ({ type: 'AddFunds', accountId: ACCOUNT, amountMicros, source: 'manual', paymentRef, author: 'ops', note: '' });

  it('adds a payment', () => given().when(add(10_000_000n)).then(funded()));
  it('adds the same payment once', () => given(funded()).when(add(10_000_000n)).then());
  it('refuses another amount under the same payment', () => given(funded()).when(add(1n)).thenRefused('payment_conflict'));
  it.each([0n, -1n, 1_000_000_000_000_001n])('refuses %s micros', (amount) => given().when(add(amount)).thenRefused('amount_out_of_range'));
});

describe('placing a hold', () => {
  it('holds the price', () => given(funded()).when(placeHold).then(placed));
  it('takes the last cent', () => given(funded(1_250_000n)).when(placeHold).then(placed));
  it('refuses one micro too few', () => given(funded(1_249_999n)).when(placeHold).thenRefused('insufficient_balance'));
  it('does not count held money', () => {
    const other = { ...placeHold, jobId: 'job_2' };
    const { state } = given(funded(2_000_000n), placed);
    expect(account.decide({ ...state, hold: undefined }, other)).toEqual({ accepted: false, refusal: 'insufficient_balance' });
  });
  it('refuses what has no price', () => given(funded()).when({ ...placeHold, offer: { refusal: 'price_unavailable' } }).thenRefused('price_unavailable'));
  it('answers a repetition without an event', () => given(funded(), placed).when(placeHold).then());
  it('answers a repetition although the price is gone', () => given(funded(), placed).when({ ...placeHold, offer: { refusal: 'price_unavailable' } }).then());
  it('answers a repetition after the capture', () => given(funded(), placed, captured(1_250_000n, 0n)).when(placeHold).then());
  it.each([{ model: 'other' }, { resolution: '480p' }, { durationSeconds: 6 }, { apiKeyId: 'key_2' }])('refuses other terms: %o', (change) =>
    given(funded(), placed).when({ ...placeHold, terms: { ...TERMS, ...change } }).thenRefused('hold_conflict'));
  it('refuses after a tombstone', () => given(funded(), released(0n)).when(placeHold).thenRefused('hold_voided'));
  it('refuses after a void', () => given(funded(), placed, released(1_250_000n)).when(placeHold).thenRefused('hold_voided'));
  it("refuses another account's job", () => {
    const { state } = given(funded(), placed);
    const foreign = { ...state, accountId: 'acc_2' };
    expect(account.decide(foreign, { ...placeHold, accountId: 'acc_2' })).toEqual({ accepted: false, refusal: 'hold_conflict' });
  });
});

describe('a reversal that does not stand', () => {
  const reverse = (reversalRef: string, amountMicros: bigint): AccountCommand =>
    ({ type: 'ReverseFunds', accountId: ACCOUNT, paymentRef: 'pay_1', reversalRef, amountMicros, reason: 'refund', author: 'stripe' });
  const reinstate = (reversalRef: string, amountMicros: bigint): AccountCommand =>
    ({ type: 'ReinstateFunds', accountId: ACCOUNT, paymentRef: 'pay_1', reversalRef, amountMicros, author: 'stripe', note: 'The refund did not stand' });
  const answersTo = (...commands: AccountCommand[]) => {
    const book = batchOf(100n);
    return { answers: commands.map((command) => { const { refusal, replayed } = book.decide({ command, traceparent: '' }); return refusal ?? (replayed ? 'again' : 'done'); }), book };
  };
  const availableIn = (book: Batch) => book.changedAccounts()[0]?.availableMicros ?? 100n;

  it('leaves room for the next reversal of the same payment', () => {
    const { answers, book } = answersTo(reverse('re_1', 100n), reinstate('re_1', 100n), reverse('re_2', 100n));
    expect(answers).toEqual(['done', 'done', 'done']);
    expect(availableIn(book)).toBe(0n);
  });
  it('is undone once', () => {
    const { answers, book } = answersTo(reverse('re_1', 60n), reinstate('re_1', 60n), reinstate('re_1', 60n), reinstate('re_1', 50n));
    expect(answers).toEqual(['done', 'done', 'again', 'reinstatement_conflict']);
    expect(availableIn(book)).toBe(100n);
  });
  it('is not undone again for another payment', () => {
    const ofAnother = { ...reinstate('re_1', 60n), paymentRef: 'pay_2' } as AccountCommand;
    expect(answersTo(reverse('re_1', 60n), reinstate('re_1', 60n), ofAnother).answers).toEqual(['done', 'done', 'reinstatement_conflict']);
  });
  it('is undone for no more than it took, and for no other payment', () => {
    expect(answersTo(reverse('re_1', 60n), reinstate('re_1', 61n)).answers).toEqual(['done', 'reinstatement_exceeds_reversal']);
    expect(answersTo(reverse('re_1', 60n), { ...reinstate('re_1', 60n), paymentRef: 'pay_2' } as AccountCommand).answers).toEqual(['done', 'payment_unknown']);
  });
  it('changes nothing when its end comes before it, however late it comes', () => {
    const { answers, book } = answersTo(reverse('re_2', 100n), reinstate('re_1', 100n), reverse('re_1', 100n), reinstate('re_1', 100n));
    expect(answers).toEqual(['done', 'done', 'again', 'again']);
    expect(availableIn(book)).toBe(0n);
  });
});

describe('voiding a hold', () => {
  it('releases a pending hold', () => given(funded(), placed).when(voidHold).then(released(1_250_000n)));
  it('leaves a tombstone for an unknown job', () => given(funded()).when(voidHold).then(released(0n)));
  it('is done once', () => given(funded(), placed, released(1_250_000n)).when(voidHold).then());
  it('leaves one tombstone', () => given(released(0n)).when(voidHold).then());
  it('refuses a captured hold', () => given(funded(), placed, captured(1_250_000n, 0n)).when(voidHold).thenRefused('hold_captured'));
});

describe('settling', () => {
  const held = [funded(), placed];
  it('captures all', () => given(...held).when(verdict(1_250_000n, 0n)).then(captured(1_250_000n, 0n)));
  it('captures a part and releases the rest', () => given(...held).when(verdict(1_000_000n, 250_000n)).then(captured(1_000_000n, 250_000n)));
  it('releases all', () => given(...held).when(verdict(0n, 1_250_000n)).then(released(1_250_000n, 'completed')));
  it('refuses an unknown hold', () => given(funded()).when(verdict(1_250_000n, 0n)).thenRefused('hold_unknown'));
  it('refuses more than the hold', () => given(...held).when(verdict(1_250_001n, 0n)).thenRefused('capture_exceeds_hold'));
  it.each([[1_000_000n, 0n], [0n, 0n], [1_250_000n, 1n], [-1n, 1_250_001n]])('refuses a verdict of %s and %s that is not the whole hold', (charged, rest) =>
    given(...held).when(verdict(charged, rest)).thenRefused('verdict_not_whole'));
  it('executes the same verdict once', () => given(...held, captured(1_250_000n, 0n)).when(verdict(1_250_000n, 0n)).then());
  it('accepts a release that a void had made', () => given(...held, released(1_250_000n)).when(verdict(0n, 1_250_000n)).then());

  it('records a contradiction and refuses it', () => {
    const { when, state } = given(...held, released(1_250_000n));
    when(verdict(1_250_000n, 0n)).then(late(1_250_000n, 0n, 'hold_already_released'));
    expect(refusalOf(account.decide(state, verdict(1_250_000n, 0n)))).toBe('verdict_conflict');
  });
  it('records it once', () =>
    given(...held, captured(1_250_000n, 0n), late(0n, 1_250_000n, 'hold_already_captured')).when(verdict(0n, 1_250_000n)).thenRefused('verdict_conflict'));
  it('records a charge against a tombstone', () =>
    given(funded(), released(0n)).when(verdict(1_250_000n, 0n)).then(late(1_250_000n, 0n, 'hold_already_released')));
});

describe('the balance', () => {
  const balance = (...past: AccountEvent[]) => {
    const { availableMicros, heldMicros } = given(...past).state;
    return [availableMicros, heldMicros];
  };
  it('moves to held and back', () => {
    expect(balance(funded(), placed)).toEqual([8_750_000n, 1_250_000n]);
    expect(balance(funded(), placed, captured(1_000_000n, 250_000n))).toEqual([9_000_000n, 0n]);
    expect(balance(funded(), placed, released(1_250_000n))).toEqual([10_000_000n, 0n]);
  });
  it('is not moved by tombstones and late outcomes', () => {
    expect(balance(funded(), released(0n), late(1n, 0n, 'hold_already_released'))).toEqual([10_000_000n, 0n]);
  });
  it('remembers how a hold ended', () => {
    const hold = given(funded(), placed, captured(1_000_000n, 250_000n)).state.hold as Hold;
    expect(hold).toMatchObject({ state: 'captured', amountMicros: 1_250_000n, capturedMicros: 1_000_000n, releasedMicros: 250_000n });
  });
});

describe('caps', () => {
  const capped = (limitMicros: bigint, spentMicros = 0n, heldMicros = 0n) => ({ limitMicros, spentMicros, heldMicros });
  const decideWith = (caps: Partial<AccountState>) => account.decide({ ...given(funded()).state, ...caps }, placeHold);
  const reached = { accepted: false, refusal: 'spend_cap_reached' };
  it.each(['accountCap', 'keyCap'])('of the %s count what was spent and what is held', (which) => {
    expect(decideWith({ [which]: capped(1_250_000n) })).toMatchObject({ accepted: true });
    expect(decideWith({ [which]: capped(1_249_999n) })).toEqual(reached);
    expect(decideWith({ [which]: capped(2_500_000n, 1_000_000n, 250_001n) })).toEqual(reached);
    expect(decideWith({ [which]: capped(2_500_000n, 1_000_000n, 250_000n) })).toMatchObject({ accepted: true });
    expect(decideWith({ [which]: capped(0n) })).toEqual(reached);
  });
  it('give no room for refunds of other months', () => expect(decideWith({ accountCap: capped(1_249_999n, -5_000_000n) })).toEqual(reached));
  it('are named before the balance and after the price', () => {
    expect(account.decide({ ...empty, accountCap: capped(0n) }, placeHold)).toEqual(reached);
    expect(account.decide({ ...empty, accountCap: capped(0n) }, { ...placeHold, offer: { refusal: 'quote_expired' } })).toEqual({ accepted: false, refusal: 'quote_expired' });
  });
  it('below what is spent refuse new holds and nothing else', () => {
    const state = { ...given(funded(), placed).state, accountCap: capped(0n, 9_000_000n, 1_250_000n) };
    expect(account.decide(state, verdict(1_250_000n, 0n))).toMatchObject({ accepted: true });
    expect(account.decide(state, placeHold)).toEqual({ accepted: true, events: [] });
    expect(account.decide(state, voidHold)).toMatchObject({ accepted: true });
    expect(account.decide({ ...state, hold: undefined }, { ...placeHold, jobId: 'job_2' })).toEqual(reached);
  });
  const setCap = (limitMicros: bigint | undefined, apiKeyId = ''): AccountCommand => ({ type: 'SetSpendCap', accountId: ACCOUNT, apiKeyId, limitMicros, author: 'ann' });
  it('are set, changed and taken away', () => {
    given().when(setCap(5n)).then({ $case: 'spendCapSet', value: { apiKeyId: '', limitMicros: 5n, author: 'ann' } });
    given().when(setCap(undefined)).then();
    given().when(setCap(-1n)).thenRefused('amount_out_of_range');
    expect(account.decide({ ...empty, keyCap: capped(5n) }, setCap(undefined, 'key_1'))).toEqual({ accepted: true, events: [{ $case: 'spendCapSet', value: { apiKeyId: 'key_1', author: 'ann' } }] });
    expect(account.decide({ ...empty, keyCap: capped(5n) }, setCap(5n, 'key_1'))).toEqual({ accepted: true, events: [] });
  });
});

describe('refunding a capture', () => {
  const refund = (amountMicros: bigint, refundKey = 'r1'): AccountCommand => ({ type: 'RefundCapture', accountId: ACCOUNT, jobId: JOB, refundKey, amountMicros, reason: 'flicker', author: 'ann' });
  const refunded = (amountMicros: bigint, settledMicros = 0n): AccountEvent => ({
    $case: 'captureRefunded',
    value: { jobId: JOB, refundKey: 'r1', amountMicros, settledMicros, reason: 'flicker', author: 'ann', apiKeyId: 'key_1', resolution: '720p', chargedDay: '' },
  });
  const charged = [funded(), placed, captured(1_000_000n, 250_000n)];
  it('gives back up to what was captured', () => given(...charged).when(refund(1_000_000n)).then(refunded(1_000_000n)));
  it('never more, also in parts', () => {
    given(...charged).when(refund(1_000_001n)).thenRefused('refund_exceeds_capture');
    const { state } = given(...charged, refunded(600_000n));
    expect(account.decide({ ...state, done: undefined }, refund(400_001n, 'r2'))).toEqual({ accepted: false, refusal: 'refund_exceeds_capture' });
    expect(account.decide({ ...state, done: undefined }, refund(400_000n, 'r2'))).toMatchObject({ accepted: true });
  });
  it('once under its key', () => {
    given(...charged, refunded(5n)).when(refund(5n)).then();
    given(...charged, refunded(5n)).when(refund(6n)).thenRefused('refund_conflict');
  });
  it('only what was captured', () => {
    given(funded()).when(refund(1n)).thenRefused('hold_unknown');
    given(funded(), placed).when(refund(1n)).thenRefused('hold_not_captured');
    given(funded(), released(0n)).when(refund(1n)).thenRefused('hold_not_captured');
    given(...charged).when(refund(0n)).thenRefused('amount_out_of_range');
  });
});

describe('reversing a payment', () => {
  const reverse = (amountMicros: bigint, reversalRef = 're_1'): AccountCommand => ({ type: 'ReverseFunds', accountId: ACCOUNT, paymentRef: 'pay_1', reversalRef, amountMicros, reason: 'dispute', author: 'stripe' });
  const reversed = (amountMicros: bigint, receivableMicros = 0n): AccountEvent =>
    ({ $case: 'fundsReversed', value: { paymentRef: 'pay_1', reversalRef: 're_1', amountMicros, receivableMicros, source: 'manual', reason: 'dispute', author: 'stripe' } });
  const ownedBy = (state: AccountState) => [state.availableMicros, state.heldMicros, state.receivableMicros];
  it('takes from what is available', () => given(funded()).when(reverse(10_000_000n)).then(reversed(10_000_000n)));
  it('leaves held money alone and lets the rest be owed', () => {
    given(funded(), placed).when(reverse(10_000_000n)).then(reversed(10_000_000n, 1_250_000n));
    expect(ownedBy(given(funded(), placed, reversed(10_000_000n, 1_250_000n)).state)).toEqual([0n, 1_250_000n, 1_250_000n]);
  });
  it('never takes more than was paid, nor twice, nor what was never paid', () => {
    given(funded()).when(reverse(10_000_001n)).thenRefused('reversal_exceeds_payment');
    given(funded(), reversed(5n)).when(reverse(5n)).then();
    given(funded(), reversed(5n)).when(reverse(6n)).thenRefused('reversal_conflict');
    given(funded(), reversed(5n)).when({ ...reverse(5n), paymentRef: 'pay_2' } as AccountCommand).thenRefused('reversal_conflict');
    given(funded(), reversed(0n)).when({ ...reverse(5n), paymentRef: 'pay_2' } as AccountCommand).thenRefused('reversal_conflict');
    given().when(reverse(5n)).thenRefused('payment_unknown');
    given(funded()).when(reverse(0n)).thenRefused('amount_out_of_range');
  });
  const owing = [funded(), placed, reversed(10_000_000n, 1_250_000n)];
  const decidedOn = (past: AccountEvent[], command: AccountCommand) => {
    const { state } = given(...past);
    const decision = account.decide({ ...state, payment: undefined, done: undefined }, command);
    return decision.accepted ? ownedBy(decision.events.reduce(account.evolve, state)) : decision.refusal;
  };
  const add = (amountMicros: bigint): AccountCommand => ({ type: 'AddFunds', accountId: ACCOUNT, amountMicros, source: 'manual', paymentRef: 'pay_2', author: '', note: '' });
  it.each([
    ['a smaller payment', add(1_000_000n), [0n, 1_250_000n, 250_000n]],
    ['a larger payment', add(2_000_000n), [750_000n, 1_250_000n, 0n]],
    ['a release', verdict(0n, 1_250_000n), [0n, 0n, 0n]],
    ['the released part of a capture', verdict(1_000_000n, 250_000n), [0n, 0n, 1_000_000n]],
    ['an adjustment', { type: 'Adjust', accountId: ACCOUNT, adjustmentRef: 'a', amountMicros: 1_250_001n, reason: 'r', author: 'ann' } as AccountCommand, [1n, 1_250_000n, 0n]],
  ])('is settled first by %s', (_, command, books) => expect(decidedOn(owing, command)).toEqual(books));
});

describe('adjusting', () => {
  const adjust = (amountMicros: bigint): AccountCommand => ({ type: 'Adjust', accountId: ACCOUNT, adjustmentRef: 'adj_1', amountMicros, reason: 'goodwill', author: 'ann' });
  const adjusted = (amountMicros: bigint): AccountEvent => ({ $case: 'adjustmentMade', value: { adjustmentRef: 'adj_1', amountMicros, settledMicros: 0n, reason: 'goodwill', author: 'ann' } });
  it('gives and takes, with reason and author', () => {
    given(funded()).when(adjust(5n)).then(adjusted(5n));
    given(funded()).when(adjust(-10_000_000n)).then(adjusted(-10_000_000n));
  });
  it('is bounded and done once', () => {
    given(funded()).when(adjust(-10_000_001n)).thenRefused('insufficient_balance');
    given().when(adjust(0n)).thenRefused('amount_out_of_range');
    given(funded(), adjusted(5n)).when(adjust(5n)).then();
    given(funded(), adjusted(5n)).when(adjust(6n)).thenRefused('adjustment_conflict');
  });
});

describe('a low balance', () => {
  const low = (availableMicros: bigint, thresholdMicros = 9_000_000n): AccountEvent => ({ $case: 'balanceLow', value: { availableMicros, thresholdMicros } });
  const threshold: AccountEvent = { $case: 'lowBalanceThresholdSet', value: { thresholdMicros: 9_000_000n, author: 'ann' } };
  it('is said once per crossing', () => {
    given(funded(), threshold).when(placeHold).then(placed, low(8_750_000n));
    const { state } = given(funded(), threshold, placed, low(8_750_000n));
    const again = account.decide({ ...state, hold: undefined }, { ...placeHold, jobId: 'job_2' });
    expect(again).toMatchObject({ accepted: true, events: [{ $case: 'holdPlaced' }] });
  });
  it('is not said at the threshold itself', () => given(funded(10_250_000n), threshold).when(placeHold).then(placed));
  it('is said when the threshold rises above the balance', () =>
    given(funded()).when({ type: 'SetLowBalanceThreshold', accountId: ACCOUNT, thresholdMicros: 10_000_001n, author: 'ann' })
      .then({ $case: 'lowBalanceThresholdSet', value: { thresholdMicros: 10_000_001n, author: 'ann' } }, low(10_000_000n, 10_000_001n)));
});

/** An account with one payment, as a batch finds it. */
function batchOf(amountMicros: bigint): Batch {
  const balance = { ...newBalance(ACCOUNT), version: 1n, availableMicros: amountMicros };
  return new Batch({
    now: new Date('2026-06-15T12:00:00Z'), prices: [], accounts: new Map([[ACCOUNT, balance]]), holds: new Map(), done: new Map(), keyCaps: new Map(), countedKeys: new Map(),
    openHolds: new Map(), payments: new Map([[paymentKey(ACCOUNT, 'pay_1'), { amountMicros, reversedMicros: 0n, source: 'stripe' }]]),
  });
}
