import { z } from 'zod';
import { time, usd } from './answers';
import { moneyListOf } from './billing-answers';

const id = z.string();

export const topUpSchema = z
  .object({
    id,
    object: z.literal('topup'),
    livemode: z.boolean(),
    amount: usd('What is added once it is paid.'),
    amount_micros: z.int(),
    status: z.enum(['pending', 'completed', 'failed', 'expired']),
    provider: z.string(),
    checkout_url: z.string().nullable().describe('Where to pay; null where an operator confirms the payment.'),
    payment_ref: z.string().nullable(),
    reversed: usd('What was taken back of it.'),
    reversed_micros: z.int(),
    created_at: time,
    ended_at: time,
    automatic: z.boolean().describe('Ordered by itself, with your saved payment method.'),
  })
  .meta({
    id: 'TopUp',
    examples: [
      {
        id: 'top_01J…',
        object: 'topup',
        livemode: true,
        amount: '$100.00',
        amount_micros: 100_000_000,
        status: 'pending',
        provider: 'stripe',
        checkout_url: 'https://checkout.stripe.com/c/pay/…',
        payment_ref: null,
        reversed: '$0.00',
        reversed_micros: 0,
        automatic: false,
        created_at: '2026-03-02T10:00:00.000Z',
        ended_at: null,
      },
    ],
  });
export const topUpsSchema = moneyListOf(topUpSchema).meta({ id: 'TopUpList' });

export const autoTopUpSchema = z
  .object({
    object: z.literal('auto_topup'),
    livemode: z.boolean(),
    state: z
      .enum(['off', 'no_payment_method', 'waiting', 'charging', 'month_max_reached', 'failed'])
      .describe('waiting: the balance is above the threshold, or was a moment ago.'),
    enabled: z.boolean(),
    threshold: usd('Below it the amount is charged.'),
    threshold_micros: z.int(),
    amount: usd('What is charged each time.'),
    amount_micros: z.int(),
    monthly_max: usd('The most that is charged in a UTC month.'),
    monthly_max_micros: z.int(),
    charged_this_month: usd('What was, charges under way included.'),
    charged_this_month_micros: z.int(),
    payment_method: z.string().nullable().describe('As you know it, such as "visa 4242".'),
    failure: z
      .string()
      .nullable()
      .describe(
        "Why nothing more is charged: the code of the card's bank, outcome_unknown, account_suspended or account_closed. Turning it on again tries again.",
      ),
    offered: z.boolean().describe('Whether this installation can save payment methods.'),
  })
  .meta({
    id: 'AutoTopUp',
    examples: [
      {
        object: 'auto_topup',
        livemode: true,
        state: 'waiting',
        enabled: true,
        threshold: '$20.00',
        threshold_micros: 20_000_000,
        amount: '$100.00',
        amount_micros: 100_000_000,
        monthly_max: '$500.00',
        monthly_max_micros: 500_000_000,
        charged_this_month: '$100.00',
        charged_this_month_micros: 100_000_000,
        payment_method: 'visa 4242',
        failure: null,
        offered: true,
      },
    ],
  });
export const paymentMethodSetupSchema = z
  .object({
    object: z.literal('payment_method_setup'),
    checkout_url: z.string().describe('Where to enter the card; it is never seen here.'),
  })
  .meta({
    id: 'PaymentMethodSetup',
    examples: [{ object: 'payment_method_setup', checkout_url: 'https://checkout.stripe.com/c/pay/…' }],
  });

export const thresholdSchema = z
  .object({
    object: z.literal('low_balance_threshold'),
    livemode: z.boolean(),
    threshold: usd('$0.00: no notice.'),
    threshold_micros: z.int(),
  })
  .meta({
    id: 'LowBalanceThreshold',
    examples: [{ object: 'low_balance_threshold', livemode: true, threshold: '$20.00', threshold_micros: 20_000_000 }],
  });

export const paymentEventSchema = z.object({ received: z.literal(true) }).meta({ id: 'PaymentEventReceived' });
