import type { UsageGroup, UsageRow } from '@usvideo/contracts/ledger';
import { plainUsd } from '../money/billing-views';
import { csvLine } from './csv';

export const USAGE_COLUMNS = [
  'job_id',
  'api_key_id',
  'date',
  'model',
  'resolution',
  'duration',
  'per_second_usd',
  'cost_usd',
  'refunded_usd',
  'charged_at',
] as const;
export const GROUP_COLUMNS = ['jobs', 'seconds', 'cost_usd', 'refunded_usd'] as const;

/** Amounts are never negative here, so that none of them is taken for a formula. */
export function usageCsvLine(row: UsageRow): string {
  return csvLine([
    row.jobId,
    row.apiKeyId,
    row.day,
    row.model,
    row.resolution,
    row.durationSeconds,
    plainUsd(row.perSecondMicros),
    plainUsd(row.chargedMicros),
    plainUsd(row.refundedMicros ?? 0n),
    row.chargedAt?.toISOString() ?? '',
  ]);
}

export function groupCsvLine({ group, jobs, seconds, chargedMicros, refundedMicros }: UsageGroup): string {
  return csvLine([group, jobs, seconds, plainUsd(chargedMicros), plainUsd(refundedMicros)]);
}
