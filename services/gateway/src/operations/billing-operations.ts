import {
  balanceSchema,
  entriesSchema,
  quoteSchema,
  spendCapSchema,
  statementWithLinesSchema,
  statementsSchema,
  usageSchema,
} from './billing-answers';
import {
  autoTopUpSchema,
  paymentEventSchema,
  paymentMethodSetupSchema,
  thresholdSchema,
  topUpSchema,
  topUpsSchema,
} from './top-up-answers';
import {
  autoTopUpRequest,
  paymentMethodRequest,
  spendCapRequest,
  statementQuery,
  statementsQuery,
  thresholdRequest,
  topUpRequest,
  topUpsQuery,
  usageQuery,
} from '../money/billing-requests';
import { createQuoteSchema } from '../videos/create-video';
import { BODY_BYTES_MAX, REFUSALS_OF_BODY, anyone, keyed, type Operations } from '../access/operation';
import { ledgerQuery, noQuery } from '../http/requests';

/** Stripe's largest events are some hundred kilobytes. */
const EVENT_BYTES_MAX = 1024 * 1024;

/** Money, as customers see it and decide about it. */
export const BILLING_OPERATIONS = {
  'POST /v1/quotes': {
    id: 'createQuote',
    tag: 'Billing',
    summary: 'Get the price of a video, locked until it expires',
    access: keyed('videos'),
    query: noQuery,
    body: createQuoteSchema,
    bodyBytesMax: BODY_BYTES_MAX,
    answers: {
      200: { description: 'The price. Nothing is held; send quote_id with the create to get it.', schema: quoteSchema },
    },
    refusals: [...REFUSALS_OF_BODY, 'price_unavailable'],
  },
  'GET /v1/balance': {
    id: 'getBalance',
    tag: 'Billing',
    summary: 'Get the balance, the running month and the caps',
    access: keyed('billing:read'),
    query: noQuery,
    answers: { 200: { description: 'The balance.', schema: balanceSchema } },
    refusals: ['invalid_request'],
  },
  'POST /v1/sandbox/reset': {
    id: 'resetSandbox',
    tag: 'Billing',
    summary: 'Bring the play money of the test environment back to what it began with',
    access: keyed('videos'),
    query: noQuery,
    answers: {
      200: {
        description: 'The balance of the test environment. What is held stays held; history, usage and caps stay.',
        schema: balanceSchema,
      },
    },
    refusals: REFUSALS_OF_BODY,
  },
  'PUT /v1/balance/threshold': {
    id: 'setLowBalanceThreshold',
    tag: 'Billing',
    summary: 'Be told when the balance is low',
    access: keyed('billing:manage'),
    query: noQuery,
    body: thresholdRequest,
    answers: { 200: { description: 'The threshold.', schema: thresholdSchema } },
    refusals: REFUSALS_OF_BODY,
  },
  'PUT /v1/spend-caps': {
    id: 'setSpendCap',
    tag: 'Billing',
    summary: 'Cap what the account or one key may spend in a UTC month',
    access: keyed('billing:manage'),
    query: noQuery,
    body: spendCapRequest,
    answers: {
      200: {
        description: 'The cap and what counts against it. One below what is spent refuses new videos and nothing else.',
        schema: spendCapSchema,
      },
    },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'GET /v1/usage': {
    id: 'listUsage',
    tag: 'Billing',
    summary: 'List charged jobs by UTC day, or sums of them',
    access: keyed('billing:read'),
    query: usageQuery,
    headers: ['Accept'],
    answers: {
      200: {
        description:
          'A page of charged jobs or groups and the totals of the whole range. As text/csv: the whole range, oldest first, amounts in plain dollars.',
        schema: usageSchema,
        alternativeType: 'text/csv',
        headers: ['Content-Disposition'],
      },
    },
    refusals: ['invalid_request'],
  },
  'GET /v1/ledger': {
    id: 'listLedger',
    tag: 'Billing',
    summary: 'List ledger entries, newest first',
    access: keyed('billing:read'),
    query: ledgerQuery,
    answers: { 200: { description: 'A page of entries with their running balance.', schema: entriesSchema } },
    refusals: ['invalid_request'],
  },
  'GET /v1/statements': {
    id: 'listStatements',
    tag: 'Billing',
    summary: 'List the months of the account, newest first',
    access: keyed('billing:read'),
    query: statementsQuery,
    answers: {
      200: {
        description: 'A page of months; of each the opening balance and its movements make the closing balance.',
        schema: statementsSchema,
      },
    },
    refusals: ['invalid_request'],
  },
  'GET /v1/statements/:period': {
    id: 'getStatement',
    tag: 'Billing',
    summary: 'Get one month with its lines',
    access: keyed('billing:read'),
    query: statementQuery,
    answers: { 200: { description: 'The month and a page of its entries.', schema: statementWithLinesSchema } },
    refusals: ['invalid_request', 'not_found'],
  },
  'POST /v1/topups': {
    id: 'createTopUp',
    tag: 'Billing',
    summary: 'Add funds',
    access: keyed('billing:manage'),
    query: noQuery,
    body: topUpRequest,
    headers: ['Idempotency-Key'],
    answers: {
      201: {
        description: 'The top-up: pay at its checkout_url, or wait for the operator to confirm your payment.',
        schema: topUpSchema,
        headers: ['Location'],
      },
    },
    refusals: [...REFUSALS_OF_BODY, 'idempotency_key_reused'],
  },
  'GET /v1/topups': {
    id: 'listTopUps',
    tag: 'Billing',
    summary: 'List top-ups, newest first',
    access: keyed('billing:read'),
    query: topUpsQuery,
    answers: { 200: { description: 'A page of top-ups.', schema: topUpsSchema } },
    refusals: ['invalid_request'],
  },
  'GET /v1/topups/:id': {
    id: 'getTopUp',
    tag: 'Billing',
    summary: 'Get a top-up',
    access: keyed('billing:read'),
    query: noQuery,
    answers: { 200: { description: 'The top-up.', schema: topUpSchema } },
    refusals: ['invalid_request', 'not_found'],
  },
  'GET /v1/auto-topup': {
    id: 'getAutoTopUp',
    tag: 'Billing',
    summary: 'Get what is topped up by itself',
    access: keyed('billing:read'),
    query: noQuery,
    answers: { 200: { description: 'The terms and how it stands.', schema: autoTopUpSchema } },
    refusals: ['invalid_request'],
  },
  'PUT /v1/auto-topup': {
    id: 'setAutoTopUp',
    tag: 'Billing',
    summary: 'Top up by itself when the balance is low',
    access: keyed('billing:manage'),
    query: noQuery,
    body: autoTopUpRequest,
    answers: {
      200: {
        description:
          'The terms. Charged is the saved payment method, once at a time and never beyond the monthly maximum.',
        schema: autoTopUpSchema,
      },
    },
    refusals: REFUSALS_OF_BODY,
  },
  'POST /v1/auto-topup/payment-method': {
    id: 'setUpPaymentMethod',
    tag: 'Billing',
    summary: 'Save a payment method at the provider',
    access: keyed('billing:manage'),
    query: noQuery,
    body: paymentMethodRequest,
    bodyOptional: true,
    answers: {
      200: {
        description: 'The page where it is entered. It replaces the one before.',
        schema: paymentMethodSetupSchema,
      },
    },
    refusals: [...REFUSALS_OF_BODY, 'not_configured'],
  },
  'DELETE /v1/auto-topup/payment-method': {
    id: 'removePaymentMethod',
    tag: 'Billing',
    summary: 'Forget the saved payment method',
    access: keyed('billing:manage'),
    query: noQuery,
    answers: { 200: { description: 'The terms, without a payment method.', schema: autoTopUpSchema } },
    refusals: REFUSALS_OF_BODY,
  },
  'POST /v1/payments/stripe/events': {
    id: 'receiveStripeEvent',
    tag: 'Billing',
    summary: 'For Stripe: what became of a payment',
    access: anyone('payments'),
    rawBody: true,
    bodyBytesMax: EVENT_BYTES_MAX,
    headers: ['Stripe-Signature'],
    answers: { 200: { description: 'Done, now or before.', schema: paymentEventSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
} satisfies Operations;
