import { z } from 'zod';
import { listOf, micros, time, usd } from './answers';
import { RESOLUTIONS } from '../videos/create-video';

const id = z.string();
const usdOrNull = (of: string) => usd(of).nullable();
const day = z.iso.date();

export function moneyListOf<Item extends z.ZodType>(item: Item) {
  return listOf(item).extend({ livemode: z.boolean().describe('false: play money.') });
}

export const quoteSchema = z
  .object({
    id,
    quote_id: id.describe('Send it with the create; it locks the price until it expires.'),
    object: z.literal('quote'),
    livemode: z.boolean(),
    model: z.string(),
    resolution: z.enum(RESOLUTIONS),
    duration: z.int(),
    per_second: usd('Price of a second.'),
    per_second_micros: z.int(),
    cost: usd('What the video will cost.'),
    cost_micros: micros('What the video will cost'),
    expires_at: time,
  })
  .meta({
    id: 'Quote',
    examples: [
      {
        id: 'quote_eyJ…',
        quote_id: 'quote_eyJ…',
        object: 'quote',
        livemode: true,
        model: 'test-picture',
        resolution: '720p',
        duration: 5,
        per_second: '$0.25',
        per_second_micros: 250_000,
        cost: '$1.25',
        cost_micros: 1_250_000,
        expires_at: '2026-03-02T10:15:00.000Z',
      },
    ],
  });

export const spendCapSchema = z
  .object({
    object: z.literal('spend_cap'),
    livemode: z.boolean(),
    api_key_id: id.nullable().describe('null: the whole account.'),
    limit: usdOrNull('The most that may be spent and held in a UTC month; null: no cap.'),
    limit_micros: z.int().nullable(),
    spent: usd('Charged this month less what was refunded.'),
    spent_micros: z.int(),
    held: usd('Held by jobs that have not ended.'),
    held_micros: z.int(),
    remaining: usdOrNull('What new jobs may still hold.'),
    remaining_micros: z.int().nullable(),
  })
  .meta({
    id: 'SpendCap',
    examples: [
      {
        object: 'spend_cap',
        livemode: true,
        api_key_id: null,
        limit: '$100.00',
        limit_micros: 100_000_000,
        spent: '$12.50',
        spent_micros: 12_500_000,
        held: '$1.25',
        held_micros: 1_250_000,
        remaining: '$86.25',
        remaining_micros: 86_250_000,
      },
    ],
  });

export const balanceSchema = z
  .object({
    object: z.literal('balance'),
    livemode: z.boolean(),
    currency: z.literal('USD'),
    balance: usd('Available and held together.'),
    balance_micros: z.int(),
    available: usd('What new jobs may use.'),
    available_micros: z.int(),
    held: usd('Reserved by jobs that have not ended.'),
    held_micros: z.int(),
    total_spend: usd('Charged since the account was made.'),
    total_spend_micros: z.int(),
    owed: usd('What a payment that was taken back left open; money that comes in settles it first.'),
    owed_micros: z.int(),
    low_balance_threshold: usdOrNull(
      'When available falls below it, the event balance.low is recorded, once per crossing.',
    ),
    low_balance_threshold_micros: z.int().nullable(),
    current_period: z.object({
      start: time,
      end: time,
      spend: usd('Charged this month less what was refunded.'),
      spend_micros: z.int(),
      jobs: z.int(),
    }),
    spend_caps: z.array(spendCapSchema).describe("Caps that are set, the account's own first."),
  })
  .meta({
    id: 'Balance',
    examples: [
      {
        object: 'balance',
        livemode: true,
        currency: 'USD',
        balance: '$237.50',
        balance_micros: 237_500_000,
        available: '$236.25',
        available_micros: 236_250_000,
        held: '$1.25',
        held_micros: 1_250_000,
        total_spend: '$12.50',
        total_spend_micros: 12_500_000,
        owed: '$0.00',
        owed_micros: 0,
        low_balance_threshold: null,
        low_balance_threshold_micros: null,
        current_period: {
          start: '2026-03-01T00:00:00.000Z',
          end: '2026-04-01T00:00:00.000Z',
          spend: '$12.50',
          spend_micros: 12_500_000,
          jobs: 10,
        },
        spend_caps: [],
      },
    ],
  });

const refunded = { refunded: usd('Given back since.'), refunded_micros: z.int() };

const usageRowSchema = z
  .object({
    job_id: id,
    api_key_id: id,
    date: z.string(),
    model: z.string(),
    resolution: z.string(),
    duration: z.int(),
    per_second: usd('Price of a second.'),
    per_second_micros: z.int(),
    cost: usd('What the job cost.'),
    cost_micros: z.int(),
    ...refunded,
    charged_at: time,
  })
  .meta({ id: 'UsageRow' });

const usageGroupSchema = z
  .object({
    group: z.string().nullable().describe('The day, key, end user or resolution; null: jobs that named no end user.'),
    jobs: z.int(),
    seconds: z.int(),
    cost: usd('What the jobs cost.'),
    cost_micros: z.int(),
    ...refunded,
  })
  .meta({ id: 'UsageGroup' });

export const usageSchema = moneyListOf(z.union([usageRowSchema, usageGroupSchema]))
  .extend({
    group_by: z.string().nullable().describe('What data is grouped by; null: a row for each job.'),
    start_date: day,
    end_date: day,
    totals: z.object({
      jobs: z.int(),
      seconds: z.int(),
      cost: usd('Of the whole range.'),
      cost_micros: z.int(),
      ...refunded,
    }),
  })
  .meta({
    id: 'Usage',
    examples: [
      {
        object: 'list',
        livemode: true,
        data: [
          {
            group: '2026-03-02',
            jobs: 10,
            seconds: 50,
            cost: '$12.50',
            cost_micros: 12_500_000,
            refunded: '$0.00',
            refunded_micros: 0,
          },
        ],
        has_more: false,
        next_cursor: null,
        limit: 20,
        offset: 0,
        group_by: 'day',
        start_date: '2026-03-01',
        end_date: '2026-03-31',
        totals: {
          jobs: 10,
          seconds: 50,
          cost: '$12.50',
          cost_micros: 12_500_000,
          refunded: '$0.00',
          refunded_micros: 0,
        },
      },
    ],
  });

export const entrySchema = z
  .object({
    id,
    object: z.literal('ledger_entry'),
    livemode: z.boolean(),
    kind: z
      .string()
      .describe(
        'funds_added, hold_placed, hold_captured, hold_released, capture_refunded, funds_reversed, adjustment_made; more may come.',
      ),
    job_id: z.string().nullable(),
    available_change: usd('Change of available.'),
    available_change_micros: z.int(),
    held_change: usd('Change of held.'),
    held_change_micros: z.int(),
    available_after: usd('Available after it.'),
    available_after_micros: z.int(),
    held_after: usd('Held after it.'),
    held_after_micros: z.int(),
    balance_after: usd('Balance after it.'),
    balance_after_micros: z.int(),
    owed_after: usd('Owed after it.'),
    owed_after_micros: z.int(),
    reference: z.string().nullable().describe('Of a payment, refund, reversal or adjustment.'),
    note: z.string().nullable(),
    created_at: time,
  })
  .meta({ id: 'LedgerEntry' });

export const entriesSchema = moneyListOf(entrySchema).meta({ id: 'LedgerEntryList' });

const statementShape = {
  id,
  object: z.literal('statement'),
  livemode: z.boolean(),
  period: z.string().describe('The UTC month as YYYY-MM.'),
  start: time,
  end: time,
  open: z.boolean().describe('The running month: it still changes.'),
  opening_balance: usd('Available and held, less owed, when the month began.'),
  opening_balance_micros: z.int(),
  added: usd('Top-ups and credits.'),
  added_micros: z.int(),
  charged: usd('Completed jobs.'),
  charged_micros: z.int(),
  refunded: usd('Charges given back.'),
  refunded_micros: z.int(),
  reversed: usd('Payments taken back.'),
  reversed_micros: z.int(),
  adjusted: usd('Corrections, signed.'),
  adjusted_micros: z.int(),
  closing_balance: usd('opening + added + refunded + adjusted - charged - reversed.'),
  closing_balance_micros: z.int(),
  closing_available: usd('Of the closing balance.'),
  closing_available_micros: z.int(),
  closing_held: usd('Of the closing balance.'),
  closing_held_micros: z.int(),
  closing_owed: usd('Already taken off the closing balance.'),
  closing_owed_micros: z.int(),
  jobs: z.int(),
};

const statementExample = {
  id: '2026-03',
  object: 'statement',
  livemode: true,
  period: '2026-03',
  start: '2026-03-01T00:00:00.000Z',
  end: '2026-04-01T00:00:00.000Z',
  open: false,
  opening_balance: '$0.00',
  opening_balance_micros: 0,
  added: '$250.00',
  added_micros: 250_000_000,
  charged: '$12.50',
  charged_micros: 12_500_000,
  refunded: '$0.00',
  refunded_micros: 0,
  reversed: '$0.00',
  reversed_micros: 0,
  adjusted: '$0.00',
  adjusted_micros: 0,
  closing_balance: '$237.50',
  closing_balance_micros: 237_500_000,
  closing_available: '$236.25',
  closing_available_micros: 236_250_000,
  closing_held: '$1.25',
  closing_held_micros: 1_250_000,
  closing_owed: '$0.00',
  closing_owed_micros: 0,
  jobs: 10,
};

export const statementsSchema = moneyListOf(
  z.object(statementShape).meta({ id: 'Statement', examples: [statementExample] }),
).meta({ id: 'StatementList' });
export const statementWithLinesSchema = z
  .object({
    ...statementShape,
    lines: entriesSchema.describe('The entries of the month, newest first; page with starting_after.'),
  })
  .meta({ id: 'StatementWithLines' });
