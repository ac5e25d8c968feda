import { parseUsd } from '@usvideo/runtime';
import { z } from 'zod';
import { pageShape } from '../validation/query';
import { day, jobId, keyId, moment, webAddress } from '../validation/fields';
import { line } from '../validation/schema';

type Accepts = (micros: bigint) => boolean;

/** Dollars as people write them, in micro-dollars. */
function dollars(description: string, accepts: Accepts, fault: string) {
  return z
    .any()
    .transform((value: unknown, context): bigint => {
      const micros = microsOf(value);
      if (micros !== undefined && accepts(micros)) return micros;
      context.issues.push({
        code: 'custom',
        message: `must be dollars with at most six decimals, ${fault}`,
        input: value,
      });
      return z.NEVER;
    })
    .meta({ type: ['number', 'string'], description: `${description} Dollars, as 250 or "2.50".`, examples: ['2.50'] });
}

function dollarsOrNull(description: string) {
  return z
    .any()
    .transform((value: unknown, context): bigint | null => {
      const micros = value === null ? null : microsOf(value);
      if (micros === null || (micros !== undefined && micros >= 0n)) return micros;
      context.issues.push({
        code: 'custom',
        message: 'must be dollars with at most six decimals, 0 or more, or null',
        input: value,
      });
      return z.NEVER;
    })
    .meta({
      type: ['number', 'string', 'null'],
      description: `${description} Dollars, as 250 or "2.50".`,
      examples: ['2.50'],
    });
}

function microsOf(value: unknown): bigint | undefined {
  return typeof value === 'number' || typeof value === 'string' ? parseUsd(String(value)) : undefined;
}

const moreThanNothing = (description: string) => dollars(description, (micros) => micros > 0n, 'more than 0');
const nothingOrMore = (description: string) => dollars(description, (micros) => micros >= 0n, '0 or more');
const notNothing = (description: string) => dollars(description, (micros) => micros !== 0n, 'not 0');

const offsetPage = { limit: pageShape.limit, offset: pageShape.offset };

export const USAGE_GROUPS = ['day', 'api_key', 'end_user', 'resolution'] as const;

export const usageQuery = z.strictObject({
  ...offsetPage,
  start_date: day.optional().describe('First UTC day; the first of this month by default.'),
  end_date: day.optional().describe('Last UTC day, inclusive; today by default.'),
  group_by: z.enum(USAGE_GROUPS).optional().describe('Sums instead of a row for each job.'),
  api_key_id: keyId.optional().describe('Of this key only.'),
});

export const statementsQuery = z.strictObject(offsetPage);
export const statementQuery = z.strictObject({ limit: pageShape.limit, starting_after: pageShape.starting_after });
export const topUpsQuery = z.strictObject(offsetPage);

export const spendCapRequest = z
  .strictObject({
    api_key_id: keyId.optional().describe('The key that is capped; absent: the whole account.'),
    limit_usd: dollarsOrNull(
      'The most that may be spent and held in a UTC month; 0 refuses every video, null lifts the cap.',
    ),
  })
  .meta({ examples: [{ limit_usd: '100.00' }, { api_key_id: 'key_01J…', limit_usd: null }] });

export const thresholdRequest = z
  .strictObject({
    threshold_usd: nothingOrMore(
      'When available falls below it, the event balance.low is recorded, once per crossing; 0 ends the notice.',
    ),
  })
  .meta({ examples: [{ threshold_usd: '20.00' }] });

const returnUrl = (of: string) => webAddress.optional().describe(`Where the payment page sends you ${of}.`);

export const topUpRequest = z
  .strictObject({
    amount_usd: moreThanNothing('What to add.'),
    success_url: returnUrl('after you paid'),
    cancel_url: returnUrl('when you turn back'),
  })
  .meta({ examples: [{ amount_usd: '100.00', success_url: 'https://example.com/thanks' }] });

const isChargeable = (micros: bigint) =>
  micros === 0n || (micros >= 5_000_000n && micros <= 10_000_000_000n && micros % 10_000n === 0n);

export const autoTopUpRequest = z
  .strictObject({
    enabled: z.boolean(),
    threshold_usd: nothingOrMore('When less is available, amount_usd is charged.'),
    amount_usd: dollars(
      'What is charged each time: 5 to 10,000, whole cents; 0 only while it is off.',
      isChargeable,
      '5 to 10000 in whole cents',
    ),
    monthly_max_usd: nothingOrMore('The most that is charged in a UTC month; at least amount_usd.'),
  })
  .meta({ examples: [{ enabled: true, threshold_usd: '20.00', amount_usd: '100.00', monthly_max_usd: '500.00' }] });

export const paymentMethodRequest = z
  .strictObject({ success_url: returnUrl('after you saved it'), cancel_url: returnUrl('when you turn back') })
  .meta({ examples: [{ success_url: 'https://example.com/billing' }] });

/** With a token of one's own the author is its owner. The installation's may be known to several, so each says who they are. */
const author = line(
  200,
  'Your name, as the ledger is to keep it: with the token of the installation only, since your own says it.',
).optional();
const reason = line(500, 'Why; kept in the ledger and shown to the customer.');
const reference = (of: string) => line(200, `Unique for ever within the ${of}: the same reference does nothing again.`);

export const adminRefundRequest = z.strictObject({
  job_id: jobId,
  refund_key: reference('job'),
  amount_usd: moreThanNothing('At most what the job was charged.'),
  reason,
  author,
});
export const adminReversalRequest = z.strictObject({
  payment_ref: line(200, 'The payment that is taken back.'),
  reversal_ref: reference('account'),
  amount_usd: moreThanNothing('At most what was paid.'),
  reason,
  author,
});
export const adminAdjustmentRequest = z.strictObject({
  adjustment_ref: reference('account'),
  amount_usd: notNothing('Positive gives, negative takes.'),
  reason,
  author,
});
export const adminConfirmTopUpRequest = z.strictObject({
  payment_ref: line(200, "The bank's reference or the like."),
  author,
});

export const adminPriceRequest = z.strictObject({
  model: line(128, 'A model, or * for every model that has no price of its own.'),
  resolution: z.enum(['480p', '720p', '1080p']),
  per_second_usd: moreThanNothing('Price of a second.'),
  effective_from: moment.optional().describe('In two seconds by default, and never sooner; not in the past.'),
  author,
});

export const adminVerifyQuery = z.strictObject({
  known_root: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('A root kept outside, in hex; a difference when it is not among the signed ones.'),
});
export const adminReconcileQuery = z.strictObject({
  grace_seconds: z.int().min(0).max(86_400).optional().describe('What is younger is not missed yet; 600 by default.'),
});
export const adminUsageQuery = z.strictObject({
  limit: z.int().min(1).max(1_000).default(100).describe('Rows per page.'),
  offset: pageShape.offset,
  start_date: day.optional().describe('First UTC day; the first of this month by default.'),
  end_date: day.optional().describe('Last UTC day, inclusive; today by default.'),
  group_by: z
    .array(z.enum(['day', 'account', 'model']))
    .max(3)
    .optional()
    .describe('What rows are kept apart by: day by default; several as day,account.'),
});
export const adminRootsQuery = z.strictObject(offsetPage);
