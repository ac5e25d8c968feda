/** A service that others call. */
export type Callee = 'accounts' | 'ledger' | 'scheduler' | 'webhooks';
/** A service that calls others. */
export type Caller = 'accounts' | 'gateway' | 'ledger' | 'render-fleet' | 'scheduler' | 'webhooks';

const ACCOUNTS = '/usvideo.accounts.v1.AccountsService';
const MEMBERS = '/usvideo.accounts.v1.MembersService';
const OPERATORS = '/usvideo.accounts.v1.OperatorsService';
const LEDGER = '/usvideo.ledger.v1.LedgerService';
const SCHEDULER = '/usvideo.scheduler.v1.SchedulerService';
const WEBHOOKS = '/usvideo.webhooks.v1.WebhooksService';
/** Who hears a service's events may ask it for those that were missed. */
const MISSED_EVENTS = ['ReadEvents', 'ReadEpochEnd'].map((method) => `/usvideo.events.v1.EventLogService/${method}`);

/** What a consumer was not delivered or set aside, and what a restored log lacks, is for operators to see and to mend. */
const PARKED = ['ListParked', 'ReplayParked', 'ListUndelivered', 'ListOwed', 'ListRestored', 'AdoptRestored'].map(
  (method) => `/usvideo.events.v1.ParkedEventsService/${method}`,
);

const of = (service: string, ...methods: string[]): string[] => methods.map((method) => `${service}/${method}`);

/** Who may call whom for what: the edges of the picture in ARCHITECTURE.md and no others. */
export const CALLER_METHODS: Readonly<Record<Caller, Partial<Record<Callee, readonly string[]>>>> = {
  gateway: {
    accounts: [
      ...of(
        ACCOUNTS,
        'Register',
        'ListAccounts',
        'GetAccount',
        'SetLimits',
        'SetSuspension',
        'CloseAccount',
        'EraseAccount',
        'ListAudit',
        'VerifyAudit',
        'VerifyKey',
        'VerifyKeys',
        'CreateKey',
        'ListKeys',
        'RotateKey',
        'RevokeKey',
      ),
      ...of(
        MEMBERS,
        'SignIn',
        'VerifySession',
        'ChooseAccount',
        'SignOut',
        'ChangePassword',
        'RequestPasswordReset',
        'ResetPassword',
        'VerifyEmail',
        'StartTotp',
        'ConfirmTotp',
        'RemoveTotp',
        'DescribeSignIn',
        'StartOidc',
        'FinishOidc',
        'StartPasskey',
        'FinishPasskey',
        'ListPasskeys',
        'RemovePasskey',
        'StartPasskeySignIn',
        'FinishPasskeySignIn',
        'ListMembers',
        'InviteMember',
        'AcceptInvitation',
        'SetMemberRole',
        'RemoveMember',
      ),
      ...of(
        OPERATORS,
        'CreateOperator',
        'ListOperators',
        'ReplaceOperatorToken',
        'RevokeOperator',
        'VerifyOperator',
        'RecordOrder',
        'ProposeOrder',
        'ListOrders',
        'DecideOrder',
      ),
    ],
    ledger: [
      ...PARKED,
      ...of(
        LEDGER,
        'AddFunds',
        'GetBalance',
        'ListEntries',
        'ListUsage',
        'ListUsageGroups',
        'ExportUsage',
        'ListPrices',
        'SetPrice',
        'CreateQuote',
        'GetSpendCaps',
        'SetSpendCap',
        'SetLowBalanceThreshold',
        'CreateTopUp',
        'ConfirmTopUp',
        'GetTopUp',
        'ListTopUps',
        'ApplyPaymentEvent',
        'ListStatements',
        'GetAutoTopUp',
        'SetAutoTopUp',
        'SetUpPaymentMethod',
        'RemovePaymentMethod',
        'StopAutoTopUp',
        'GetStatement',
        'RefundCapture',
        'ReverseFunds',
        'Adjust',
        'ResetSandbox',
        'ExportAccount',
        'Verify',
        'SignRoot',
        'ListSignedRoots',
      ),
    ],
    scheduler: [
      ...PARKED,
      ...of(
        SCHEDULER,
        'Exchange',
        'GetJob',
        'ListJobs',
        'CancelJob',
        'EraseContent',
        'EraseAccountContent',
        'AnnounceArtifact',
        'ExpireUploads',
        'ClaimArtifactDeletions',
        'ArtifactsDeleted',
        'WatchJob',
        'ListModels',
        'GetLimits',
        'ChooseModel',
        'ListEndUsers',
        'Reconcile',
        'ListWorkers',
        'SetCordon',
      ),
    ],
    webhooks: [
      ...PARKED,
      ...of(
        WEBHOOKS,
        'EnsureSecret',
        'GetSecret',
        'RotateSecret',
        'CreateEndpoint',
        'ListEndpoints',
        'UpdateEndpoint',
        'DeleteEndpoint',
        'SendTestEvent',
        'ListDeliveries',
        'Redeliver',
        'ReadFeed',
        'WatchFeeds',
        'EraseAccount',
      ),
    ],
  },
  accounts: { scheduler: of(SCHEDULER, 'SyncLimits') },
  scheduler: { ledger: [...of(LEDGER, 'Exchange', 'ListPendingHolds'), ...MISSED_EVENTS], accounts: MISSED_EVENTS },
  'render-fleet': { scheduler: of(SCHEDULER, 'Work') },
  webhooks: {
    scheduler: [...of(SCHEDULER, 'DescribeJobs'), ...MISSED_EVENTS],
    ledger: MISSED_EVENTS,
    accounts: MISSED_EVENTS,
  },
  ledger: { scheduler: MISSED_EVENTS },
};
