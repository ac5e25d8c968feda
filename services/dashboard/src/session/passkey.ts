import type { ApiClient } from '../api/client';
import type { Session } from '../api/types';

type CreationOptions = Parameters<typeof import('@simplewebauthn/browser').startRegistration>[0]['optionsJSON'];
type RequestOptions = Parameters<typeof import('@simplewebauthn/browser').startAuthentication>[0]['optionsJSON'];

interface Begun<Options> {
  readonly flow: string;
  readonly options: Options;
}

/** Loaded when somebody uses a passkey, and not before. */
const browser = () => import('@simplewebauthn/browser');

export async function addPasskey(api: ApiClient, name: string): Promise<void> {
  const { flow, options } = await api.send<Begun<CreationOptions>>('POST', '/v1/auth/passkeys/options');
  const response = await (await browser()).startRegistration({ optionsJSON: options });
  await api.send('POST', '/v1/auth/passkeys', { body: { flow, name, response } });
}

export async function signInWithPasskey(api: ApiClient): Promise<Session> {
  const { flow, options } = await api.send<Begun<RequestOptions>>('POST', '/v1/auth/passkey-login/options');
  const response = await (await browser()).startAuthentication({ optionsJSON: options });
  return api.send<Session>('POST', '/v1/auth/passkey-login', { body: { flow, response } });
}

/** Who turned back, or has no passkey for this site: browsers do not say which. */
export function isTurnedBack(error: unknown): boolean {
  return error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name);
}
