import type { AutoTopUp } from '@usvideo/contracts/ledger';

export interface AutoTopUpTerms {
  readonly enabled: boolean;
  readonly thresholdMicros: bigint;
  readonly amountMicros: bigint;
  readonly monthMaxMicros: bigint;
}

export interface AutoTopUpRow extends AutoTopUpTerms {
  readonly accountId: string;
  readonly provider: string;
  readonly customerRef: string;
  readonly methodRef: string;
  readonly methodLabel: string;
  readonly failure: string;
  /** Of automatic top-ups of this UTC month, those under way included. */
  readonly monthChargedMicros: bigint;
  readonly charging: boolean;
}

const MICROS_PER_CENT = 10_000n;
/** Less is not worth the provider's fee. */
const AMOUNT_MICROS_MIN = 5_000_000n;
const AMOUNT_MICROS_MAX = 10_000_000_000n;

/** Faults of what a customer wants, by field. Turning it off takes whatever the terms are. */
export function faultsOfTerms({ enabled, thresholdMicros, amountMicros, monthMaxMicros }: AutoTopUpTerms): string[] {
  if (!enabled) return [];
  const faults: string[] = [];
  if (thresholdMicros <= 0n || thresholdMicros > AMOUNT_MICROS_MAX)
    faults.push('threshold_usd must be more than 0 and at most 10000');
  if (amountMicros < AMOUNT_MICROS_MIN || amountMicros > AMOUNT_MICROS_MAX)
    faults.push('amount_usd must be 5 to 10000');
  else if (amountMicros % MICROS_PER_CENT !== 0n) faults.push('amount_usd must be whole cents');
  if (monthMaxMicros < amountMicros) faults.push('monthly_max_usd must be at least amount_usd');
  return faults;
}

export function viewOf(row: AutoTopUpRow | undefined, offered: boolean): AutoTopUp {
  const {
    enabled = false,
    thresholdMicros = 0n,
    amountMicros = 0n,
    monthMaxMicros = 0n,
    monthChargedMicros = 0n,
    methodLabel = '',
    failure = '',
  } = row ?? {};
  return {
    state: stateOf(row),
    enabled,
    thresholdMicros,
    amountMicros,
    monthMaxMicros,
    monthChargedMicros,
    paymentMethod: methodLabel,
    failure,
    offered,
  };
}

function stateOf(row: AutoTopUpRow | undefined): string {
  if (row === undefined || !row.enabled) return 'off';
  if (row.failure !== '') return 'failed';
  if (row.methodRef === '') return 'no_payment_method';
  if (row.charging) return 'charging';
  return row.monthChargedMicros + row.amountMicros > row.monthMaxMicros ? 'month_max_reached' : 'waiting';
}
