import type { LedgerRefusal } from '@usvideo/contracts/ledger';
import type { NameOf } from '@usvideo/contracts/names';
import type { HoldTerms, Offer } from '../prices/price';

/** Everything the ledger may refuse. A refusal leaves no trace and is not frozen. */
export type Refusal = NameOf<typeof LedgerRefusal>;

/** `sandbox` is play money. */
export type FundsSource = 'manual' | 'promotion' | 'sandbox' | 'stripe';

export interface AddFunds {
  readonly type: 'AddFunds';
  readonly accountId: string;
  readonly amountMicros: bigint;
  readonly source: FundsSource;
  /** Natural key: the same payment is added once, for ever. */
  readonly paymentRef: string;
  readonly author: string;
  readonly note: string;
}

export interface PlaceHold {
  readonly type: 'PlaceHold';
  readonly accountId: string;
  readonly jobId: string;
  readonly terms: HoldTerms;
  readonly offer: Offer;
}

export interface VoidHold {
  readonly type: 'VoidHold';
  readonly accountId: string;
  readonly jobId: string;
}

export interface Settle {
  readonly type: 'Settle';
  readonly accountId: string;
  readonly jobId: string;
  readonly chargedMicros: bigint;
  readonly releasedMicros: bigint;
  readonly rule: string;
}

export interface RefundCapture {
  readonly type: 'RefundCapture';
  readonly accountId: string;
  readonly jobId: string;
  /** Natural key within the job. */
  readonly refundKey: string;
  readonly amountMicros: bigint;
  readonly reason: string;
  readonly author: string;
}

export interface ReverseFunds {
  readonly type: 'ReverseFunds';
  readonly accountId: string;
  readonly paymentRef: string;
  /** Natural key within the account. */
  readonly reversalRef: string;
  readonly amountMicros: bigint;
  readonly reason: string;
  readonly author: string;
}

/** A reversal that did not stand: a refund that failed, a dispute that was won. */
export interface ReinstateFunds {
  readonly type: 'ReinstateFunds';
  readonly accountId: string;
  readonly paymentRef: string;
  /** The reversal that is undone, wholly or in part; its natural key: a reversal is undone once. */
  readonly reversalRef: string;
  readonly amountMicros: bigint;
  readonly author: string;
  readonly note: string;
}

export interface Adjust {
  readonly type: 'Adjust';
  readonly accountId: string;
  /** Natural key within the account. */
  readonly adjustmentRef: string;
  /** Positive gives, negative takes. */
  readonly amountMicros: bigint;
  readonly reason: string;
  readonly author: string;
}

export interface SetSpendCap {
  readonly type: 'SetSpendCap';
  readonly accountId: string;
  /** Empty: the whole account. */
  readonly apiKeyId: string;
  /** Undefined: no cap. */
  readonly limitMicros: bigint | undefined;
  readonly author: string;
}

export interface SetLowBalanceThreshold {
  readonly type: 'SetLowBalanceThreshold';
  readonly accountId: string;
  /** 0: no notice. */
  readonly thresholdMicros: bigint;
  readonly author: string;
}

/** Brings play money back to what it began with; history, caps and what is held stay. */
export interface ResetSandbox {
  readonly type: 'ResetSandbox';
  readonly accountId: string;
  /** Natural key within the account. */
  readonly resetRef: string;
  readonly author: string;
}

/** Changes nothing by itself: a book of play money begins before the first command to it. */
export interface OpenSandbox {
  readonly type: 'OpenSandbox';
  readonly accountId: string;
}

export type HoldCommand = PlaceHold | VoidHold | Settle | RefundCapture;
export type AccountCommand =
  | HoldCommand
  | AddFunds
  | ReverseFunds
  | ReinstateFunds
  | Adjust
  | SetSpendCap
  | SetLowBalanceThreshold
  | OpenSandbox
  | ResetSandbox;
