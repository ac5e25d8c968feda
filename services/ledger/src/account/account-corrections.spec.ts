import { account } from './account';
import { newBalance } from './account-balance';
import { Batch, paymentKey } from './batch';
import { type AccountState } from './account-state';
import type { AccountCommand } from './commands';
import type { AccountEvent } from './postings';
import { ACCOUNT, JOB, placeHold, funded, placed, captured, released, verdict, given } from './account-given.fixture';

describe('a reversal that does not stand', () => {
  const reverse = (reversalRef: string, amountMicros: bigint): AccountCommand => ({
    type: 'ReverseFunds',
    accountId: ACCOUNT,
    paymentRef: 'pay_1',
    reversalRef,
    amountMicros,
    reason: 'refund',
    author: 'stripe',
  });
  const reinstate = (reversalRef: string, amountMicros: bigint): AccountCommand => ({
    type: 'ReinstateFunds',
    accountId: ACCOUNT,
    paymentRef: 'pay_1',
    reversalRef,
    amountMicros,
    author: 'stripe',
    note: 'The refund did not stand',
  });
  const answersTo = (...commands: AccountCommand[]) => {
    const book = batchOf(100n);
    return {
      answers: commands.map((command) => {
        const { refusal, replayed } = book.decide({ command, traceparent: '' });
        return refusal ?? (replayed ? 'again' : 'done');
      }),
      book,
    };
  };
  const availableIn = (book: Batch) => book.changedAccounts()[0]?.availableMicros ?? 100n;

  it('leaves room for the next reversal of the same payment', () => {
    const { answers, book } = answersTo(reverse('re_1', 100n), reinstate('re_1', 100n), reverse('re_2', 100n));
    expect(answers).toEqual(['done', 'done', 'done']);
    expect(availableIn(book)).toBe(0n);
  });
  it('is undone once', () => {
    const { answers, book } = answersTo(
      reverse('re_1', 60n),
      reinstate('re_1', 60n),
      reinstate('re_1', 60n),
      reinstate('re_1', 50n),
    );
    expect(answers).toEqual(['done', 'done', 'again', 'reinstatement_conflict']);
    expect(availableIn(book)).toBe(100n);
  });
  it('is not undone again for another payment', () => {
    const ofAnother = { ...reinstate('re_1', 60n), paymentRef: 'pay_2' } as AccountCommand;
    expect(answersTo(reverse('re_1', 60n), reinstate('re_1', 60n), ofAnother).answers).toEqual([
      'done',
      'done',
      'reinstatement_conflict',
    ]);
  });
  it('is undone for no more than it took, and for no other payment', () => {
    expect(answersTo(reverse('re_1', 60n), reinstate('re_1', 61n)).answers).toEqual([
      'done',
      'reinstatement_exceeds_reversal',
    ]);
    expect(
      answersTo(reverse('re_1', 60n), { ...reinstate('re_1', 60n), paymentRef: 'pay_2' } as AccountCommand).answers,
    ).toEqual(['done', 'payment_unknown']);
  });
  it('changes nothing when its end comes before it, however late it comes', () => {
    const { answers, book } = answersTo(
      reverse('re_2', 100n),
      reinstate('re_1', 100n),
      reverse('re_1', 100n),
      reinstate('re_1', 100n),
    );
    expect(answers).toEqual(['done', 'done', 'again', 'again']);
    expect(availableIn(book)).toBe(0n);
  });
});

describe('refunding a capture', () => {
  const refund = (amountMicros: bigint, refundKey = 'r1'): AccountCommand => ({
    type: 'RefundCapture',
    accountId: ACCOUNT,
    jobId: JOB,
    refundKey,
    amountMicros,
    reason: 'flicker',
    author: 'ann',
  });
  const refunded = (amountMicros: bigint, settledMicros = 0n): AccountEvent => ({
    $case: 'captureRefunded',
    value: {
      jobId: JOB,
      refundKey: 'r1',
      amountMicros,
      settledMicros,
      reason: 'flicker',
      author: 'ann',
      apiKeyId: 'key_1',
      resolution: '720p',
      chargedDay: '',
    },
  });
  const charged = [funded(), placed, captured(1_000_000n, 250_000n)];
  it('gives back up to what was captured', () =>
    given(...charged)
      .when(refund(1_000_000n))
      .then(refunded(1_000_000n)));
  it('never more, also in parts', () => {
    given(...charged)
      .when(refund(1_000_001n))
      .thenRefused('refund_exceeds_capture');
    const { state } = given(...charged, refunded(600_000n));
    expect(account.decide({ ...state, done: undefined }, refund(400_001n, 'r2'))).toEqual({
      accepted: false,
      refusal: 'refund_exceeds_capture',
    });
    expect(account.decide({ ...state, done: undefined }, refund(400_000n, 'r2'))).toMatchObject({ accepted: true });
  });
  it('once under its key', () => {
    given(...charged, refunded(5n))
      .when(refund(5n))
      .then();
    given(...charged, refunded(5n))
      .when(refund(6n))
      .thenRefused('refund_conflict');
  });
  it('only what was captured', () => {
    given(funded()).when(refund(1n)).thenRefused('hold_unknown');
    given(funded(), placed).when(refund(1n)).thenRefused('hold_not_captured');
    given(funded(), released(0n)).when(refund(1n)).thenRefused('hold_not_captured');
    given(...charged)
      .when(refund(0n))
      .thenRefused('amount_out_of_range');
  });
});

describe('reversing a payment', () => {
  const reverse = (amountMicros: bigint, reversalRef = 're_1'): AccountCommand => ({
    type: 'ReverseFunds',
    accountId: ACCOUNT,
    paymentRef: 'pay_1',
    reversalRef,
    amountMicros,
    reason: 'dispute',
    author: 'stripe',
  });
  const reversed = (amountMicros: bigint, receivableMicros = 0n): AccountEvent => ({
    $case: 'fundsReversed',
    value: {
      paymentRef: 'pay_1',
      reversalRef: 're_1',
      amountMicros,
      receivableMicros,
      source: 'manual',
      reason: 'dispute',
      author: 'stripe',
    },
  });
  const ownedBy = (state: AccountState) => [state.availableMicros, state.heldMicros, state.receivableMicros];
  it('takes from what is available', () => given(funded()).when(reverse(10_000_000n)).then(reversed(10_000_000n)));
  it('leaves held money alone and lets the rest be owed', () => {
    given(funded(), placed).when(reverse(10_000_000n)).then(reversed(10_000_000n, 1_250_000n));
    expect(ownedBy(given(funded(), placed, reversed(10_000_000n, 1_250_000n)).state)).toEqual([
      0n,
      1_250_000n,
      1_250_000n,
    ]);
  });
  it('never takes more than was paid, nor twice, nor what was never paid', () => {
    given(funded()).when(reverse(10_000_001n)).thenRefused('reversal_exceeds_payment');
    given(funded(), reversed(5n)).when(reverse(5n)).then();
    given(funded(), reversed(5n)).when(reverse(6n)).thenRefused('reversal_conflict');
    given(funded(), reversed(5n))
      .when({ ...reverse(5n), paymentRef: 'pay_2' } as AccountCommand)
      .thenRefused('reversal_conflict');
    given(funded(), reversed(0n))
      .when({ ...reverse(5n), paymentRef: 'pay_2' } as AccountCommand)
      .thenRefused('reversal_conflict');
    given().when(reverse(5n)).thenRefused('payment_unknown');
    given(funded()).when(reverse(0n)).thenRefused('amount_out_of_range');
  });
  const owing = [funded(), placed, reversed(10_000_000n, 1_250_000n)];
  const decidedOn = (past: AccountEvent[], command: AccountCommand) => {
    const { state } = given(...past);
    const decision = account.decide({ ...state, payment: undefined, done: undefined }, command);
    return decision.accepted ? ownedBy(decision.events.reduce(account.evolve, state)) : decision.refusal;
  };
  const add = (amountMicros: bigint): AccountCommand => ({
    type: 'AddFunds',
    accountId: ACCOUNT,
    amountMicros,
    source: 'manual',
    paymentRef: 'pay_2',
    author: '',
    note: '',
  });
  it.each([
    ['a smaller payment', add(1_000_000n), [0n, 1_250_000n, 250_000n]],
    ['a larger payment', add(2_000_000n), [750_000n, 1_250_000n, 0n]],
    ['a release', verdict(0n, 1_250_000n), [0n, 0n, 0n]],
    ['the released part of a capture', verdict(1_000_000n, 250_000n), [0n, 0n, 1_000_000n]],
    [
      'an adjustment',
      {
        type: 'Adjust',
        accountId: ACCOUNT,
        adjustmentRef: 'a',
        amountMicros: 1_250_001n,
        reason: 'r',
        author: 'ann',
      } as AccountCommand,
      [1n, 1_250_000n, 0n],
    ],
  ])('is settled first by %s', (_, command, books) => expect(decidedOn(owing, command)).toEqual(books));
});

describe('adjusting', () => {
  const adjust = (amountMicros: bigint): AccountCommand => ({
    type: 'Adjust',
    accountId: ACCOUNT,
    adjustmentRef: 'adj_1',
    amountMicros,
    reason: 'goodwill',
    author: 'ann',
  });
  const adjusted = (amountMicros: bigint): AccountEvent => ({
    $case: 'adjustmentMade',
    value: { adjustmentRef: 'adj_1', amountMicros, settledMicros: 0n, reason: 'goodwill', author: 'ann' },
  });
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
  const low = (availableMicros: bigint, thresholdMicros = 9_000_000n): AccountEvent => ({
    $case: 'balanceLow',
    value: { availableMicros, thresholdMicros },
  });
  const threshold: AccountEvent = {
    $case: 'lowBalanceThresholdSet',
    value: { thresholdMicros: 9_000_000n, author: 'ann' },
  };
  it('is said once per crossing', () => {
    given(funded(), threshold).when(placeHold).then(placed, low(8_750_000n));
    const { state } = given(funded(), threshold, placed, low(8_750_000n));
    const again = account.decide({ ...state, hold: undefined }, { ...placeHold, jobId: 'job_2' });
    expect(again).toMatchObject({ accepted: true, events: [{ $case: 'holdPlaced' }] });
  });
  it('is not said at the threshold itself', () => given(funded(10_250_000n), threshold).when(placeHold).then(placed));
  it('is said when the threshold rises above the balance', () =>
    given(funded())
      .when({ type: 'SetLowBalanceThreshold', accountId: ACCOUNT, thresholdMicros: 10_000_001n, author: 'ann' })
      .then(
        { $case: 'lowBalanceThresholdSet', value: { thresholdMicros: 10_000_001n, author: 'ann' } },
        low(10_000_000n, 10_000_001n),
      ));
});

/** An account with one payment, as a batch finds it. */
function batchOf(amountMicros: bigint): Batch {
  const balance = { ...newBalance(ACCOUNT), version: 1n, availableMicros: amountMicros };
  return new Batch({
    now: new Date('2026-06-15T12:00:00Z'),
    prices: [],
    accounts: new Map([[ACCOUNT, balance]]),
    holds: new Map(),
    done: new Map(),
    keyCaps: new Map(),
    countedKeys: new Map(),
    openHolds: new Map(),
    payments: new Map([[paymentKey(ACCOUNT, 'pay_1'), { amountMicros, reversedMicros: 0n, source: 'stripe' }]]),
  });
}
