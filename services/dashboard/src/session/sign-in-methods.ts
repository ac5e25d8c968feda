import { useGet } from '../api/queries';

export interface SignInMethods {
  readonly oidc: { readonly name: string } | null;
  readonly passkeys: boolean;
  /** Whether this installation sends letters. */
  readonly letters: boolean;
  readonly second_factor: boolean;
}

const HOUR_MS = 3_600_000;

/** Undefined until the platform has said. */
export function useSignInMethods(): SignInMethods | undefined {
  return useGet<SignInMethods>('/v1/auth/methods', undefined, { staleTime: HOUR_MS }).data;
}
