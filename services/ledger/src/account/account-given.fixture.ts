import { account, refusalOf } from './account';
import { NO_CAP, type AccountState } from './account-state';
import type { AccountCommand, PlaceHold, Refusal, Settle } from './commands';
import type { AccountEvent } from './postings';

export const ACCOUNT = 'acc_1';
export const JOB = 'job_1';
export const TERMS = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };
export const PRICE = { perSecondMicros: 250_000n, priceVersion: 1, amountMicros: 1_250_000n };

export const empty: AccountState = {
  accountId: ACCOUNT,
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
export const placeHold: PlaceHold = {
  type: 'PlaceHold',
  accountId: ACCOUNT,
  jobId: JOB,
  terms: TERMS,
  offer: { price: PRICE, quoted: false },
};
export const voidHold: AccountCommand = { type: 'VoidHold', accountId: ACCOUNT, jobId: JOB };

export const funded = (amountMicros = 10_000_000n): AccountEvent => ({
  $case: 'fundsAdded',
  value: { amountMicros, source: 'manual', paymentRef: 'pay_1', author: 'ops', note: '' },
});
export const placed: AccountEvent = { $case: 'holdPlaced', value: { jobId: JOB, ...TERMS, ...PRICE } };
export const captured = (capturedMicros: bigint, releasedMicros: bigint): AccountEvent => ({
  $case: 'holdCaptured',
  value: { jobId: JOB, capturedMicros, releasedMicros, rule: 'completed' },
});
export const released = (releasedMicros: bigint, rule = 'voided'): AccountEvent => ({
  $case: 'holdReleased',
  value: { jobId: JOB, releasedMicros, rule },
});
export const late = (chargedMicros: bigint, releasedMicros: bigint, refusal: string): AccountEvent => ({
  $case: 'lateOutcomeRecorded',
  value: { jobId: JOB, chargedMicros, releasedMicros, rule: 'completed', refusal },
});
export const verdict = (chargedMicros: bigint, releasedMicros: bigint): Settle => ({
  type: 'Settle',
  accountId: ACCOUNT,
  jobId: JOB,
  chargedMicros,
  releasedMicros,
  rule: 'completed',
});

/** given the past · when a command comes · then these events, or this refusal. */
export function given(...past: AccountEvent[]) {
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
