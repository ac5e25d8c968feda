import { account, refusalOf } from './account';
import { type AccountState, type Hold } from './account-state';
import type { AccountCommand } from './commands';
import type { AccountEvent } from './postings';
import {
  ACCOUNT,
  TERMS,
  empty,
  placeHold,
  voidHold,
  funded,
  placed,
  captured,
  released,
  late,
  verdict,
  given,
} from './account-given.fixture';

describe('adding funds', () => {
  const add = (amountMicros: bigint, paymentRef = 'pay_1'): AccountCommand => ({
    type: 'AddFunds',
    accountId: ACCOUNT,
    amountMicros,
    source: 'manual',
    paymentRef,
    author: 'ops',
    note: '',
  });

  it('adds a payment', () => given().when(add(10_000_000n)).then(funded()));
  it('adds the same payment once', () => given(funded()).when(add(10_000_000n)).then());
  it('refuses another amount under the same payment', () =>
    given(funded()).when(add(1n)).thenRefused('payment_conflict'));
  it.each([0n, -1n, 1_000_000_000_000_001n])('refuses %s micros', (amount) =>
    given().when(add(amount)).thenRefused('amount_out_of_range'),
  );
});

describe('placing a hold', () => {
  it('holds the price', () => given(funded()).when(placeHold).then(placed));
  it('takes the last cent', () => given(funded(1_250_000n)).when(placeHold).then(placed));
  it('refuses one micro too few', () => given(funded(1_249_999n)).when(placeHold).thenRefused('insufficient_balance'));
  it('does not count held money', () => {
    const other = { ...placeHold, jobId: 'job_2' };
    const { state } = given(funded(2_000_000n), placed);
    expect(account.decide({ ...state, hold: undefined }, other)).toEqual({
      accepted: false,
      refusal: 'insufficient_balance',
    });
  });
  it('refuses what has no price', () =>
    given(funded())
      .when({ ...placeHold, offer: { refusal: 'price_unavailable' } })
      .thenRefused('price_unavailable'));
  it('answers a repetition without an event', () => given(funded(), placed).when(placeHold).then());
  it('answers a repetition although the price is gone', () =>
    given(funded(), placed)
      .when({ ...placeHold, offer: { refusal: 'price_unavailable' } })
      .then());
  it('answers a repetition after the capture', () =>
    given(funded(), placed, captured(1_250_000n, 0n)).when(placeHold).then());
  it.each([{ model: 'other' }, { resolution: '480p' }, { durationSeconds: 6 }, { apiKeyId: 'key_2' }])(
    'refuses other terms: %o',
    (change) =>
      given(funded(), placed)
        .when({ ...placeHold, terms: { ...TERMS, ...change } })
        .thenRefused('hold_conflict'),
  );
  it('refuses after a tombstone', () => given(funded(), released(0n)).when(placeHold).thenRefused('hold_voided'));
  it('refuses after a void', () =>
    given(funded(), placed, released(1_250_000n)).when(placeHold).thenRefused('hold_voided'));
  it("refuses another account's job", () => {
    const { state } = given(funded(), placed);
    const foreign = { ...state, accountId: 'acc_2' };
    expect(account.decide(foreign, { ...placeHold, accountId: 'acc_2' })).toEqual({
      accepted: false,
      refusal: 'hold_conflict',
    });
  });
});

describe('voiding a hold', () => {
  it('releases a pending hold', () => given(funded(), placed).when(voidHold).then(released(1_250_000n)));
  it('leaves a tombstone for an unknown job', () => given(funded()).when(voidHold).then(released(0n)));
  it('is done once', () => given(funded(), placed, released(1_250_000n)).when(voidHold).then());
  it('leaves one tombstone', () => given(released(0n)).when(voidHold).then());
  it('refuses a captured hold', () =>
    given(funded(), placed, captured(1_250_000n, 0n)).when(voidHold).thenRefused('hold_captured'));
});

describe('settling', () => {
  const held = [funded(), placed];
  it('captures all', () =>
    given(...held)
      .when(verdict(1_250_000n, 0n))
      .then(captured(1_250_000n, 0n)));
  it('captures a part and releases the rest', () =>
    given(...held)
      .when(verdict(1_000_000n, 250_000n))
      .then(captured(1_000_000n, 250_000n)));
  it('releases all', () =>
    given(...held)
      .when(verdict(0n, 1_250_000n))
      .then(released(1_250_000n, 'completed')));
  it('refuses an unknown hold', () => given(funded()).when(verdict(1_250_000n, 0n)).thenRefused('hold_unknown'));
  it('refuses more than the hold', () =>
    given(...held)
      .when(verdict(1_250_001n, 0n))
      .thenRefused('capture_exceeds_hold'));
  it.each([
    [1_000_000n, 0n],
    [0n, 0n],
    [1_250_000n, 1n],
    [-1n, 1_250_001n],
  ])('refuses a verdict of %s and %s that is not the whole hold', (charged, rest) =>
    given(...held)
      .when(verdict(charged, rest))
      .thenRefused('verdict_not_whole'),
  );
  it('executes the same verdict once', () =>
    given(...held, captured(1_250_000n, 0n))
      .when(verdict(1_250_000n, 0n))
      .then());
  it('accepts a release that a void had made', () =>
    given(...held, released(1_250_000n))
      .when(verdict(0n, 1_250_000n))
      .then());

  it('records a contradiction and refuses it', () => {
    const { when, state } = given(...held, released(1_250_000n));
    when(verdict(1_250_000n, 0n)).then(late(1_250_000n, 0n, 'hold_already_released'));
    expect(refusalOf(account.decide(state, verdict(1_250_000n, 0n)))).toBe('verdict_conflict');
  });
  it('records it once', () =>
    given(...held, captured(1_250_000n, 0n), late(0n, 1_250_000n, 'hold_already_captured'))
      .when(verdict(0n, 1_250_000n))
      .thenRefused('verdict_conflict'));
  it('records a charge against a tombstone', () =>
    given(funded(), released(0n))
      .when(verdict(1_250_000n, 0n))
      .then(late(1_250_000n, 0n, 'hold_already_released')));
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
    expect(hold).toMatchObject({
      state: 'captured',
      amountMicros: 1_250_000n,
      capturedMicros: 1_000_000n,
      releasedMicros: 250_000n,
    });
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
  it('give no room for refunds of other months', () =>
    expect(decideWith({ accountCap: capped(1_249_999n, -5_000_000n) })).toEqual(reached));
  it('are named before the balance and after the price', () => {
    expect(account.decide({ ...empty, accountCap: capped(0n) }, placeHold)).toEqual(reached);
    expect(
      account.decide({ ...empty, accountCap: capped(0n) }, { ...placeHold, offer: { refusal: 'quote_expired' } }),
    ).toEqual({ accepted: false, refusal: 'quote_expired' });
  });
  it('below what is spent refuse new holds and nothing else', () => {
    const state = { ...given(funded(), placed).state, accountCap: capped(0n, 9_000_000n, 1_250_000n) };
    expect(account.decide(state, verdict(1_250_000n, 0n))).toMatchObject({ accepted: true });
    expect(account.decide(state, placeHold)).toEqual({ accepted: true, events: [] });
    expect(account.decide(state, voidHold)).toMatchObject({ accepted: true });
    expect(account.decide({ ...state, hold: undefined }, { ...placeHold, jobId: 'job_2' })).toEqual(reached);
  });
  const setCap = (limitMicros: bigint | undefined, apiKeyId = ''): AccountCommand => ({
    type: 'SetSpendCap',
    accountId: ACCOUNT,
    apiKeyId,
    limitMicros,
    author: 'ann',
  });
  it('are set, changed and taken away', () => {
    given()
      .when(setCap(5n))
      .then({ $case: 'spendCapSet', value: { apiKeyId: '', limitMicros: 5n, author: 'ann' } });
    given().when(setCap(undefined)).then();
    given().when(setCap(-1n)).thenRefused('amount_out_of_range');
    expect(account.decide({ ...empty, keyCap: capped(5n) }, setCap(undefined, 'key_1'))).toEqual({
      accepted: true,
      events: [{ $case: 'spendCapSet', value: { apiKeyId: 'key_1', author: 'ann' } }],
    });
    expect(account.decide({ ...empty, keyCap: capped(5n) }, setCap(5n, 'key_1'))).toEqual({
      accepted: true,
      events: [],
    });
  });
});
