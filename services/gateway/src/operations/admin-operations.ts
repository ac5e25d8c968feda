import { anyone, type Operations, operator, REFUSALS_OF_BODY } from '../access/operation';
import {
  adminAccountsQuery,
  adminAuditQuery,
  adminCloseSchema,
  adminCordonSchema,
  adminCreateAccountSchema,
  adminCreditSchema,
  adminEraseSchema,
  adminLimitsSchema,
  adminOidcFinishSchema,
  adminOperatorSchema,
  adminOperatorTokenSchema,
  adminParkedQuery,
  adminReplayRequest,
  adminSuspendSchema,
  adminTakeDownSchema,
  adminUndeliveredQuery,
  adminWorkersQuery,
  noQuery,
} from '../http/requests';
import { MONEY_OPERATIONS } from './money-operations';

/** Everything the admin port serves; none of it is in the public reference. */
export const ADMIN_OPERATIONS: Operations = {
  'GET /admin/v1/accounts': operator('adminListAccounts', 'List accounts', { query: adminAccountsQuery }),
  'POST /admin/v1/accounts': operator('adminCreateAccount', 'Open an account', { body: adminCreateAccountSchema }),
  'GET /admin/v1/accounts/:id': operator('adminGetAccount', 'Get an account'),
  'PUT /admin/v1/accounts/:id/limits': operator('adminSetLimits', 'Set limits of an account', {
    body: adminLimitsSchema,
    role: 'support',
  }),
  'POST /admin/v1/accounts/:id/credit': operator('adminAddCredit', 'Add funds', { body: adminCreditSchema }),
  'POST /admin/v1/accounts/:id/suspend': operator('adminSuspend', 'Suspend an account', {
    body: adminSuspendSchema,
    bodyOptional: true,
    role: 'support',
  }),
  'POST /admin/v1/accounts/:id/resume': operator('adminResume', 'Resume an account', {
    body: adminSuspendSchema,
    bodyOptional: true,
    role: 'support',
  }),
  'POST /admin/v1/accounts/:id/close': operator(
    'adminClose',
    'Close an account for good: its keys are revoked, its queue is frozen',
    { body: adminCloseSchema },
  ),
  'POST /admin/v1/accounts/:id/erase': operator(
    'adminErase',
    'Forget the people and the content of a closed account; money and audit log stay',
    { body: adminEraseSchema },
  ),
  'GET /admin/v1/accounts/:id/data': operator(
    'adminExportData',
    'Everything that is kept of an account but its ledger, as NDJSON',
    { role: 'support' },
  ),
  'POST /admin/v1/accounts/:id/videos/:job/take-down': operator(
    'adminTakeDown',
    'Take a video down at once: its links are dead and its file is gone',
    {
      body: adminTakeDownSchema,
      role: 'support',
      refusals: ['invalid_request', 'not_found', 'job_not_found', 'job_not_ended'],
    },
  ),
  'GET /admin/v1/queues': operator(
    'adminListQueues',
    'List what waits for a worker and what a limit holds, by class and environment',
  ),
  'GET /admin/v1/workers': operator(
    'adminListWorkers',
    'List the workers of the render fleet, with what keeps them from work',
    { query: adminWorkersQuery },
  ),
  'PUT /admin/v1/workers/:name/cordon': operator(
    'adminCordonWorker',
    'Cordon, drain or free a worker; in force within a second',
    { body: adminCordonSchema, role: 'support' },
  ),
  'PUT /admin/v1/nodes/:name/cordon': operator(
    'adminCordonNode',
    'Cordon, drain or free all workers of a machine, those that come later too',
    { body: adminCordonSchema, role: 'support' },
  ),
  'GET /docs': {
    id: 'adminGetDocs',
    tag: 'Operation',
    summary: 'This reference as a page',
    access: anyone('documents'),
    query: noQuery,
    answers: { 200: { description: 'HTML without external assets.', contentType: 'text/html' } },
    refusals: ['invalid_request'],
  },
  'GET /admin/v1/openapi.json': operator('adminGetOpenApi', 'This document', {
    answers: { 200: { description: 'OpenAPI 3.1 of the admin port.', contentType: 'application/json' } },
  }),
  'GET /admin/v1/auth/methods': operator('adminGetSignInMethods', 'Get the ways in which operators sign in', {
    access: anyone('documents'),
  }),
  'POST /admin/v1/auth/oidc': operator('adminStartOidc', 'Begin to sign in through the identity provider', {
    access: anyone('register'),
    refusals: ['invalid_request', 'not_configured'],
  }),
  'POST /admin/v1/auth/oidc/finish': operator(
    'adminFinishOidc',
    'Finish it with what the browser came back with; the token is shown once',
    {
      access: anyone('register'),
      body: adminOidcFinishSchema,
      refusals: [...REFUSALS_OF_BODY, 'invalid_credentials', 'forbidden', 'not_configured'],
    },
  ),
  'GET /admin/v1/operators': operator('adminOperatorsList', 'List operators, those that were revoked too'),
  'GET /admin/v1/operators/me': operator('adminOperatorsMe', 'Whose token this is'),
  'POST /admin/v1/operators': operator('adminOperatorsCreate', 'Make an operator; the token is shown once', {
    body: adminOperatorSchema,
    answers: { 201: { description: 'The operator with the token.' } },
  }),
  'POST /admin/v1/operators/:id/token': operator(
    'adminOperatorsReplaceToken',
    'Replace the token of an operator at once',
    {
      body: adminOperatorTokenSchema,
      bodyOptional: true,
      answers: { 201: { description: 'The operator with the token.' } },
    },
  ),
  'DELETE /admin/v1/operators/:id': operator('adminOperatorsRevoke', 'Revoke an operator for good'),
  'GET /admin/v1/audit': operator(
    'adminListAudit',
    'List what was done to accounts, newest first; as NDJSON with Accept: application/x-ndjson',
    { query: adminAuditQuery },
  ),
  'GET /admin/v1/audit/verify': operator('adminVerifyAudit', 'Prove that the audit log was neither edited nor cut'),
  'GET /admin/v1/consumers/:consumer/parked': operator('adminListParked', 'List the events that a consumer set aside', {
    query: adminParkedQuery,
  }),
  'GET /admin/v1/consumers/:consumer/undelivered': operator(
    'adminListUndelivered',
    'List the events that a consumer should have heard and did not',
    { query: adminUndeliveredQuery },
  ),
  'GET /admin/v1/consumers/:consumer/owed': operator('adminListOwed', 'The same as `undelivered`, its name of before', {
    query: adminUndeliveredQuery,
  }),
  'POST /admin/v1/consumers/:consumer/replay': operator('adminReplayParked', 'Handle parked events again', {
    body: adminReplayRequest,
    bodyOptional: true,
  }),
  'GET /admin/v1/consumers/:consumer/restored': operator(
    'adminListRestored',
    'List where a consumer heard events that its restored publisher lost',
  ),
  'POST /admin/v1/consumers/:consumer/adopt': operator('adminAdoptRestored', 'Go on with a restored publisher'),
  ...MONEY_OPERATIONS,
};
