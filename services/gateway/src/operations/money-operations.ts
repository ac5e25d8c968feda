import {
  adminAdjustmentRequest,
  adminConfirmTopUpRequest,
  adminPriceRequest,
  adminReconcileQuery,
  adminRefundRequest,
  adminReversalRequest,
  adminRootsQuery,
  adminUsageQuery,
  adminVerifyQuery,
} from '../money/billing-requests';
import { adminOrdersQuery, adminRunsQuery } from '../http/requests';
import { type Operations, operator } from '../access/operation';

/** What operators do to money and how they prove it. */
export const MONEY_OPERATIONS: Operations = {
  'POST /admin/v1/accounts/:id/refunds': operator('adminRefund', 'Give back a charge, whole or in part', {
    body: adminRefundRequest,
  }),
  'POST /admin/v1/accounts/:id/reversals': operator('adminReverse', 'Take a payment back, whole or in part', {
    body: adminReversalRequest,
  }),
  'POST /admin/v1/accounts/:id/adjustments': operator('adminAdjust', 'Correct a balance', {
    body: adminAdjustmentRequest,
  }),
  'GET /admin/v1/orders': operator('adminListOrders', 'List orders that take a second operator, newest first', {
    query: adminOrdersQuery,
  }),
  'POST /admin/v1/orders/:id/approve': operator(
    'adminApproveOrder',
    'Approve and carry out what another operator ordered',
  ),
  'POST /admin/v1/orders/:id/decline': operator('adminDeclineOrder', 'Decline an order, or withdraw your own'),
  'POST /admin/v1/topups/:id/confirm': operator('adminConfirmTopUp', 'Say that the money of a manual top-up arrived', {
    body: adminConfirmTopUpRequest,
  }),
  'GET /admin/v1/prices': operator('adminListPrices', 'List all versions of all prices'),
  'POST /admin/v1/prices': operator('adminSetPrice', 'Add a version to a price', { body: adminPriceRequest }),
  'GET /admin/v1/accounts/:id/export': operator(
    'adminExportAccount',
    'All ledger events of an account as NDJSON, which verify-export.mjs checks',
  ),
  'GET /admin/v1/ledger/verify': operator('adminVerifyLedger', 'Prove the ledger', { query: adminVerifyQuery }),
  'GET /admin/v1/ledger/verifications': operator(
    'adminListVerifications',
    'List what was found whenever the ledger was verified, newest first',
    { query: adminRunsQuery },
  ),
  'GET /admin/v1/reconciliations': operator(
    'adminListReconciliations',
    'List what was found whenever jobs and money were compared, newest first',
    { query: adminRunsQuery },
  ),
  'GET /admin/v1/usage': operator(
    'adminUsage',
    'Add up revenue, slot-seconds and margin by day, account and model; as CSV with Accept: text/csv',
    { query: adminUsageQuery },
  ),
  'GET /admin/v1/ledger/roots': operator('adminListRoots', 'List signed roots', { query: adminRootsQuery }),
  'POST /admin/v1/ledger/roots': operator('adminSignRoot', 'Sign the heads of all accounts at once'),
  'GET /admin/v1/reconcile': operator('adminReconcile', 'Compare every job with its money', {
    query: adminReconcileQuery,
  }),
};
