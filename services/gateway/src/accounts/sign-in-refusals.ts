import { SignInRefusal } from '@usvideo/contracts/accounts';
import { type NameOf, refusalIn } from '@usvideo/contracts/names';
import { rateLimitExceeded } from '../refusals/create-refusal';
import { Refusal, invalidRequest, lettersUnset, notConfigured, serviceUnavailable } from '../refusals/refusal';

export interface RefusableSignIn {
  readonly refusal: string;
  readonly refusalKind?: SignInRefusal | undefined;
  readonly retryAfterMs?: number;
}

/** @param field that the fault is said of, where it is of a field */
type Rendering = (field: string, retryAfterMs: number, supportUrl: string) => Refusal;

const refused: (text: string) => Rendering = (text) => () => new Refusal('invalid_request', text);
const faulty: (message: string, named?: string) => Rendering = (message, named) => (field) =>
  invalidRequest([{ field: named ?? field, message }]);

const RENDERING = {
  invalid_credentials: () => new Refusal('invalid_credentials', 'The address or the password is wrong.'),
  mfa_required: () => new Refusal('mfa_required', 'Send the code of your second factor as totp.'),
  too_many_attempts: (_, retryAfterMs, supportUrl) => rateLimitExceeded(retryAfterMs, supportUrl),
  no_account: () => new Refusal('forbidden', 'You are not a member of any account.'),
  password_too_easy: faulty('is easily guessed: it is among those that are tried first'),
  password_required: faulty('is required'),
  token_invalid: faulty('is not a link that works: it was used already, or its time is over', 'token'),
  invalid_code: faulty('is not the code of this half minute'),
  totp_enabled: refused('You have a second factor. Remove it first.'),
  secrets_key_unset: () => notConfigured('No second factor can be kept', 'SECRETS_KEY'),
  letters_unset: lettersUnset,
  totp_not_started: refused('Ask for a secret first: POST /v1/auth/totp.'),
  oidc_unset: () => notConfigured('There is no single sign-on', 'OIDC_ISSUER_URL'),
  oidc_refused: () => new Refusal('invalid_credentials', 'The identity provider did not sign you in.'),
  email_unverified: () => new Refusal('forbidden', 'The identity provider does not vouch for your address.'),
  passkeys_unset: () => notConfigured('No passkey can be kept', 'PUBLIC_URL to a name over https'),
  too_many_passkeys: refused('You have as many passkeys as anybody may. Remove one first.'),
  passkey_invalid: (field) =>
    new Refusal(
      field === '' ? 'invalid_credentials' : 'invalid_request',
      'This passkey is not known here, or did not verify.',
    ),
  unknown: () => serviceUnavailable(),
} satisfies Record<NameOf<typeof SignInRefusal> | 'unknown', Rendering>;

export function isRefused(answer: RefusableSignIn): boolean {
  return refusalIn(SignInRefusal, answer) !== undefined;
}

/**
 * How a refusal of accounts reads to whoever signs in, or changes how they do.
 * @param field that the fault is said of, where it is of a field
 */
export function refusedSignIn(
  answer: RefusableSignIn,
  field: string,
  { supportUrl }: { readonly supportUrl: string },
): Refusal {
  const rendering: Rendering = RENDERING[refusalIn(SignInRefusal, answer) ?? 'unknown'];
  return rendering(field, answer.retryAfterMs ?? 1_000, supportUrl);
}
