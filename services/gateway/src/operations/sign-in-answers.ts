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
    trace_url_template: z
      .string()
      .nullable()
      .describe('Where the trace of a video is shown, with {trace_id} for its trace_id.'),
    expires_at: time,
  })
  .meta({ id: 'Session', description: 'Who is signed in, and the account that they act for.' });

export const totpSchema = z
  .object({ secret: z.string(), otpauth_url: z.string() })
  .meta({ id: 'SecondFactor', description: 'Counts once a code of it was confirmed. Shown this once.' });
export const methodsSchema = z
  .object({
    object: z.literal('sign_in_methods'),
    password: z.boolean(),
    oidc: z.object({ name: z.string() }).nullable().describe('Single sign-on: begins at GET /v1/auth/oidc.'),
    passkeys: z.boolean(),
    letters: z.boolean().describe('Whether letters are sent: invitations, forgotten passwords.'),
    second_factor: z.boolean(),
  })
  .meta({ id: 'SignInMethods' });
export const passkeySchema = z
  .object({ id: z.string(), object: z.literal('passkey'), name: z.string(), created_at: time, last_used_at: time })
  .meta({ id: 'Passkey' });
export const passkeysSchema = listOf(passkeySchema).meta({ id: 'PasskeyList' });
export const passkeyOptionsSchema = z
  .object({
    flow: z.string().describe('Sent back with what the browser makes of the options.'),
    options: z.looseObject({}).describe('For navigator.credentials, as its JSON.'),
  })
  .meta({ id: 'PasskeyOptions' });

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
