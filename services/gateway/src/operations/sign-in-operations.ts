import { z } from 'zod';
import { anyone, type Operation, type Operations, REFUSALS_OF_BODY, signedIn } from '../access/operation';
import { noQuery } from '../http/requests';
import {
  doneSchema,
  memberSchema,
  membersSchema,
  methodsSchema,
  passkeyOptionsSchema,
  passkeySchema,
  passkeysSchema,
  sentSchema,
  sessionSchema,
  totpSchema,
} from './sign-in-answers';
import {
  acceptInvitationSchema,
  chooseAccountSchema,
  forgotSchema,
  invitationSchema,
  loginSchema,
  memberRoleSchema,
  newPasskeySchema,
  passkeySignInSchema,
  passwordSchema,
  resetSchema,
  totpConfirmSchema,
  verifySchema,
} from '../accounts/sign-in-requests';

const session = { description: 'Who is signed in; the session is in the cookie usv_session.', schema: sessionSchema };
const passkeyOptions = { description: 'Options for the browser.', schema: passkeyOptionsSchema };
const done = { description: 'Done.', schema: doneSchema };

function signIn(id: string, summary: string, rest: Partial<Operation>): Operation {
  return {
    id,
    tag: 'Sign-in',
    summary,
    access: anyone('register'),
    query: noQuery,
    answers: { 200: session },
    refusals: REFUSALS_OF_BODY,
    ...rest,
  };
}

function mine(id: string, summary: string, rest: Partial<Operation> = {}): Operation {
  return {
    id,
    tag: 'Sign-in',
    summary,
    access: signedIn(),
    query: noQuery,
    answers: { 200: done },
    refusals: REFUSALS_OF_BODY,
    ...rest,
  };
}

function members(id: string, summary: string, rest: Partial<Operation> = {}): Operation {
  return {
    id,
    tag: 'Members',
    summary,
    access: signedIn('owner'),
    query: noQuery,
    answers: { 200: { description: 'The member.', schema: memberSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
    ...rest,
  };
}

/** As the provider composes it; what counts of it is for accounts to judge. */
const callbackQuery = z.looseObject({ code: z.string().optional(), state: z.string().optional() });

/** How people sign in, and who acts for an account. */
export const SIGN_IN_OPERATIONS: Operations = {
  'POST /v1/auth/login': signIn('login', 'Sign in', {
    body: loginSchema,
    refusals: [...REFUSALS_OF_BODY, 'invalid_credentials', 'mfa_required', 'forbidden'],
  }),
  'POST /v1/auth/forgot': signIn('forgotPassword', 'Ask for a letter to choose a new password', {
    body: forgotSchema,
    answers: { 202: { description: 'If somebody has this address, a letter is on its way.', schema: sentSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_configured'],
  }),
  'POST /v1/auth/reset': signIn('resetPassword', 'Choose a new password with the link of the letter', {
    body: resetSchema,
    answers: { 200: done },
  }),
  'POST /v1/auth/verify': signIn('verifyEmail', 'Prove an address with the link of the letter', {
    body: verifySchema,
    answers: { 200: done },
  }),
  'POST /v1/auth/accept-invitation': signIn('acceptInvitation', 'Join an account with the link of the letter', {
    body: acceptInvitationSchema,
    refusals: [...REFUSALS_OF_BODY, 'invalid_credentials', 'mfa_required', 'forbidden'],
  }),
  'GET /v1/auth/session': mine('getSession', 'Get who is signed in', { answers: { 200: session } }),
  'PUT /v1/auth/session': mine('chooseAccount', 'Choose the account to act for', {
    body: chooseAccountSchema,
    answers: { 200: session },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  }),
  'POST /v1/auth/logout': mine('logout', 'Sign out'),
  'POST /v1/auth/password': mine('changePassword', 'Change your password, which ends your other sessions', {
    body: passwordSchema,
    refusals: [...REFUSALS_OF_BODY, 'invalid_credentials'],
  }),
  'POST /v1/auth/totp': mine('startSecondFactor', 'Get the secret of a second factor', {
    answers: { 200: { description: 'The secret, for an authenticator.', schema: totpSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_configured'],
  }),
  'POST /v1/auth/totp/confirm': mine('confirmSecondFactor', 'Confirm a second factor by a code of it', {
    body: totpConfirmSchema,
  }),
  'DELETE /v1/auth/totp': mine('removeSecondFactor', 'Do without a second factor'),
  'GET /v1/auth/methods': signIn('getSignInMethods', 'Get the ways of signing in', {
    access: anyone('documents'),
    answers: { 200: { description: 'What this installation offers.', schema: methodsSchema } },
    refusals: ['invalid_request'],
  }),
  'GET /v1/auth/oidc': signIn('startSingleSignOn', 'Sign in through the identity provider', {
    answers: { 302: { description: 'To the identity provider, which sends the browser back.', headers: ['Location'] } },
    refusals: ['invalid_request', 'not_configured'],
  }),
  'GET /v1/auth/oidc/callback': signIn('finishSingleSignOn', 'Where the identity provider sends the browser back', {
    query: callbackQuery,
    answers: {
      302: {
        description: 'To the dashboard, signed in, or to its sign-in page, which says why not.',
        headers: ['Location'],
      },
    },
    refusals: [],
  }),
  'POST /v1/auth/passkey-login/options': signIn('startPasskeySignIn', 'Begin to sign in with a passkey', {
    answers: { 200: passkeyOptions },
    refusals: [...REFUSALS_OF_BODY, 'not_configured'],
  }),
  'POST /v1/auth/passkey-login': signIn('signInWithPasskey', 'Sign in with a passkey', {
    body: passkeySignInSchema,
    refusals: [...REFUSALS_OF_BODY, 'invalid_credentials', 'forbidden'],
  }),
  'GET /v1/auth/passkeys': mine('listPasskeys', 'List your passkeys', {
    answers: { 200: { description: 'All of them, oldest first.', schema: passkeysSchema } },
  }),
  'POST /v1/auth/passkeys/options': mine('startPasskey', 'Begin to add a passkey', {
    answers: { 200: passkeyOptions },
    refusals: [...REFUSALS_OF_BODY, 'not_configured'],
  }),
  'POST /v1/auth/passkeys': mine('addPasskey', 'Add a passkey', {
    body: newPasskeySchema,
    answers: { 201: { description: 'The passkey.', schema: passkeySchema } },
  }),
  'DELETE /v1/auth/passkeys/:id': mine('removePasskey', 'Remove a passkey', {
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  }),
  'GET /v1/members': members('listMembers', 'List members and invitations', {
    access: signedIn(),
    answers: { 200: { description: 'All of them.', schema: membersSchema } },
  }),
  'POST /v1/members/invitations': members('inviteMember', 'Invite somebody by a letter', {
    body: invitationSchema,
    answers: { 201: { description: 'The invitation.', schema: memberSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found', 'not_configured'],
  }),
  'PATCH /v1/members/:id': members('setMemberRole', 'Change the role of a member', { body: memberRoleSchema }),
  'DELETE /v1/members/:id': members('removeMember', 'Remove a member, or withdraw an invitation', {
    answers: { 200: done },
  }),
};
