import { z } from 'zod';
import { listOf, time } from './answers';

const role = z.enum(['owner', 'developer', 'billing', 'viewer']);

export const sessionSchema = z
  .object({
    object: z.literal('session'),
    user: z.object({
      id: z.string(),
      email: z.string(),
      name: z.string().nullable(),
      email_verified: z.boolean(),
      mfa_enabled: z.boolean(),
    }),
    account: z.object({ account_id: z.string(), name: z.string(), plan: z.string() }),
    role,
    accounts: z.array(z.object({ account_id: z.string(), name: z.string(), role })),
    csrf_token: z.string().describe('Sent back as X-CSRF-Token with every request that changes something.'),
    expires_at: time,
  })
  .meta({ id: 'Session', description: 'Who is signed in, and the account that they act for.' });

export const totpSchema = z
  .object({ secret: z.string(), otpauth_url: z.string() })
  .meta({ id: 'SecondFactor', description: 'Counts once a code of it was confirmed. Shown this once.' });
export const sentSchema = z.object({ status: z.literal('accepted') });
export const doneSchema = z.object({ status: z.literal('done') });

export const memberSchema = z
  .object({
    id: z.string(),
    object: z.literal('member'),
    email: z.string(),
    name: z.string().nullable(),
    role,
    status: z.enum(['active', 'invited']),
    mfa_enabled: z.boolean(),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'Member' });
export const membersSchema = listOf(memberSchema).meta({ id: 'MemberList' });
