import {
  EMAIL_CHARACTERS_MAX,
  faultOfEmail,
  faultOfPassword,
  PASSWORD_CHARACTERS_MAX,
  PASSWORD_CHARACTERS_MIN,
} from '@usvideo/contracts/text';
import { z } from 'zod';
import { SCOPES } from '../identity/caller';
import { OPERATOR_ROLES } from '../identity/operator-caller';
import { pageShape } from '../validation/query';
import { jobId as anyJobId, moment } from '../validation/fields';
import { line, ruled, text } from '../validation/schema';

const STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
const jobId = anyJobId.optional().describe('Of this job only.');

export const listVideosQuery = z.strictObject({
  ...pageShape,
  status: z.array(z.enum(STATUSES)).max(STATUSES.length).optional().describe('Repeat it for several.'),
  created_after: moment.optional(),
  created_before: moment.optional(),
  end_user: text(256, 'Of this end user only.').optional(),
});

export const ledgerQuery = z.strictObject({ ...pageShape, job_id: jobId });

export const noQuery = z.strictObject({});

export const streamQuery = z.strictObject({
  token: text(1_024, 'A token of POST /v1/stream-tokens instead of a key, for streams only.').optional(),
});

const NAME_CHARACTERS_MAX = 200;
const email = ruled(faultOfEmail).meta({ format: 'email', maxLength: EMAIL_CHARACTERS_MAX });
const password = ruled(faultOfPassword).meta({
  minLength: PASSWORD_CHARACTERS_MIN,
  maxLength: PASSWORD_CHARACTERS_MAX,
  description: `${PASSWORD_CHARACTERS_MIN} characters or more; any may be used.`,
});
const accountName = line(NAME_CHARACTERS_MAX, 'Name of the account.');

export const registerSchema = z.strictObject({
  email,
  password,
  account_name: accountName,
});

export const createKeySchema = z.strictObject({
  name: line(NAME_CHARACTERS_MAX, 'Your name for the key.'),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .optional()
    .describe('What the key may do, within what yours may.'),
});

export const rotateKeySchema = z.strictObject({
  expire_old_now: z
    .boolean()
    .optional()
    .meta({ default: false, description: 'Ends the old key at once, as after a leak, instead of in 24 hours.' }),
});

const PLANS = ['standard', 'enterprise'] as const;

export const adminAccountsQuery = z.strictObject({ limit: pageShape.limit, starting_after: pageShape.starting_after });

export const adminCreateAccountSchema = z.strictObject({
  email,
  account_name: accountName,
  plan: z.enum(PLANS).optional().meta({ default: 'standard' }),
});

export const adminLimitsSchema = z.strictObject({
  environment: z.enum(['live', 'test']),
  concurrent_jobs: z.int().min(0).max(100_000).optional().describe('0 freezes the account and needs freeze.'),
  queued_jobs: z.int().min(0).max(10_000_000).optional().describe('0 freezes the account and needs freeze.'),
  freeze: z.literal(true).optional().describe('Says that a limit of 0 is meant: no job starts, or none is accepted.'),
  creates_per_minute: z.int().min(1).max(1_000_000).optional(),
  reads_per_minute: z.int().min(1).max(1_000_000).optional(),
  expires_at: moment.optional().describe('Until then; the limits before come back by themselves.'),
  reason: line(500, 'Why; kept in the audit log.').optional(),
});

const expiresInDays = z
  .int()
  .min(1)
  .max(3_650)
  .optional()
  .describe('After so many days the token is refused; without it, never.');

export const adminOperatorSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/)
    .describe(
      'Lower-case letters, digits, dots and dashes: the author of what this person does, in the audit log for ever.',
    ),
  role: z
    .enum(OPERATOR_ROLES)
    .describe('auditor looks, support also suspends, limits and takes down, operator does everything.'),
  expires_in_days: expiresInDays,
});

export const adminOperatorTokenSchema = z.strictObject({ expires_in_days: expiresInDays });

export const adminOidcFinishSchema = z.strictObject({
  query: text(8_192, 'What the identity provider sent the browser back with, without the question mark.'),
});

export const adminAuditQuery = z.strictObject({
  account_id: z
    .string()
    .regex(/^acc_[0-9A-Za-z]{1,60}$/)
    .optional()
    .describe('Of this account only.'),
  limit: z.int().min(1).max(1_000).default(100),
  starting_after: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .optional()
    .describe('The next_cursor of the page before.'),
});

export const adminCreditSchema = z.strictObject({
  amount_usd: z.union([z.number(), z.string().max(20)]).describe('Dollars, as 250 or "2.50".'),
  payment_ref: line(200, 'Unique for ever within the account: the same reference adds nothing again.'),
  note: line(500, 'Shown in the ledger.').optional(),
});

export const adminOrdersQuery = z.strictObject({ limit: pageShape.limit, starting_after: pageShape.starting_after });

export const adminParkedQuery = z.strictObject({
  limit: z
    .int()
    .min(1)
    .max(500)
    .optional()
    .meta({ default: 100, description: 'Events at most, the oldest of each shard first.' }),
});
export const adminUndeliveredQuery = z.strictObject({
  heard_within_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .meta({ default: 600, description: 'Younger events may still be on their way.' }),
});
export const adminReplayRequest = z.strictObject({
  stream_id: text(100, 'A stream that has events parked, for example a job; every one by default.').optional(),
});

export const adminRunsQuery = z.strictObject({ limit: pageShape.limit });

const reason = line(500, 'Why; kept in the audit log.');

export const adminCloseSchema = z.strictObject({ reason });
export const adminEraseSchema = z.strictObject({
  confirm: z.string().max(64).describe('The id of the account again: what is erased does not come back.'),
});
export const adminTakeDownSchema = z.strictObject({ reason });

export const adminWorkersQuery = z.strictObject({ limit: pageShape.limit, starting_after: pageShape.starting_after });
export const adminCordonSchema = z.strictObject({
  state: z
    .enum(['cordoned', 'draining', 'none'])
    .describe(
      'cordoned takes no more work and finishes what it has; draining hands back after the grace what it still has; none takes work again.',
    ),
  grace_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe('Of draining: after it what still runs goes to other workers. Without it, whatever runs is finished.'),
});

export const adminSuspendSchema = z.strictObject({ reason: line(500, 'Recorded with the suspension.').optional() });
