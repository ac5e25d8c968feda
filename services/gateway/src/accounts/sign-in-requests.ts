import {
  EMAIL_CHARACTERS_MAX,
  faultOfEmail,
  faultOfPassword,
  PASSWORD_CHARACTERS_MAX,
  PASSWORD_CHARACTERS_MIN,
} from '@usvideo/contracts/text';
import { z } from 'zod';
import { line, ruled, text } from '../validation/schema';

const email = ruled(faultOfEmail).meta({ format: 'email', maxLength: EMAIL_CHARACTERS_MAX });
const chosenPassword = ruled(faultOfPassword).meta({
  minLength: PASSWORD_CHARACTERS_MIN,
  maxLength: PASSWORD_CHARACTERS_MAX,
  description: 'None of those that attackers try first.',
});
const knownPassword = text(PASSWORD_CHARACTERS_MAX, 'Your password.');
const code = z
  .string()
  .regex(/^\d{6}$/)
  .describe('Six digits of your authenticator.');
const token = text(100, 'As in the link of the letter.');
const flow = text(100, 'As the options came with it; it counts once, for five minutes.');
const credential = z
  .looseObject({ id: z.string(), rawId: z.string(), type: z.literal('public-key'), response: z.looseObject({}) })
  .describe('What the browser made of the options, as JSON (toJSON() of a PublicKeyCredential).');
const role = z.enum(['owner', 'developer', 'billing', 'viewer']);

export const loginSchema = z.strictObject({ email, password: knownPassword, totp: code.optional() });
export const passwordSchema = z.strictObject({ current_password: knownPassword, new_password: chosenPassword });
export const forgotSchema = z.strictObject({ email });
export const resetSchema = z.strictObject({ token, password: chosenPassword });
export const verifySchema = z.strictObject({ token });
export const totpConfirmSchema = z.strictObject({ code });
export const newPasskeySchema = z.strictObject({
  flow,
  name: line(100, 'What you call it, such as the device.'),
  response: credential,
});
export const passkeySignInSchema = z.strictObject({ flow, response: credential });
export const chooseAccountSchema = z.strictObject({ account_id: z.string().regex(/^acc_[0-9A-Za-z]{1,60}$/) });
export const invitationSchema = z.strictObject({ email, role });
export const acceptInvitationSchema = z.strictObject({ token, password: chosenPassword.optional() });
export const memberRoleSchema = z.strictObject({ role });
