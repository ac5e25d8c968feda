import { rateLimitExceeded } from '../refusals/create-refusal';
import { Refusal, invalidRequest, lettersUnset, notConfigured } from '../refusals/refusal';

/**
 * How a refusal of accounts reads to whoever signs in, or changes how they do.
 * @param field that the fault is said of, where it is of a field
 */
export function refusedSignIn(
  { refusal, retryAfterMs }: { refusal: string; retryAfterMs?: number },
  field: string,
  settings: { readonly supportUrl: string },
): Error {
  switch (refusal) {
    case '':
      return new Error('it was not refused');
    case 'invalid_credentials':
      return new Refusal('invalid_credentials', 'The address or the password is wrong.');
    case 'mfa_required':
      return new Refusal('mfa_required', 'Send the code of your second factor as totp.');
    case 'too_many_attempts':
      return rateLimitExceeded(retryAfterMs ?? 1_000, settings.supportUrl);
    case 'no_account':
      return new Refusal('forbidden', 'You are not a member of any account.');
    case 'password_too_easy':
      return invalidRequest([{ field, message: 'is easily guessed: it is among those that are tried first' }]);
    case 'password_required':
      return invalidRequest([{ field, message: 'is required' }]);
    case 'token_invalid':
      return invalidRequest([
        { field: 'token', message: 'is not a link that works: it was used already, or its time is over' },
      ]);
    case 'invalid_code':
      return invalidRequest([{ field, message: 'is not the code of this half minute' }]);
    case 'totp_enabled':
      return new Refusal('invalid_request', 'You have a second factor. Remove it first.');
    case 'secrets_key_unset':
      return notConfigured('No second factor can be kept', 'SECRETS_KEY');
    case 'letters_unset':
      return lettersUnset();
    case 'totp_not_started':
      return new Refusal('invalid_request', 'Ask for a secret first: POST /v1/auth/totp.');
    case 'oidc_unset':
      return notConfigured('There is no single sign-on', 'OIDC_ISSUER_URL');
    case 'passkeys_unset':
      return notConfigured('No passkey can be kept', 'PUBLIC_URL to a name over https');
    case 'too_many_passkeys':
      return new Refusal('invalid_request', 'You have as many passkeys as anybody may. Remove one first.');
    case 'passkey_invalid':
      return new Refusal(
        field === '' ? 'invalid_credentials' : 'invalid_request',
        'This passkey is not known here, or did not verify.',
      );
    default:
      return new Error(`accounts refuses with ${refusal}, which has no answer`);
  }
}
