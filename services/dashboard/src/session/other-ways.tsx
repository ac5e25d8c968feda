import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { ApiClient, ApiError } from '../api/client';
import { Button } from '../ui/button';
import { Icon } from '../ui/icons';
import { Notice } from '../ui/states';
import { isTurnedBack, signInWithPasskey } from './passkey';
import { useSession } from './session';
import { useSignInMethods } from './sign-in-methods';

const REFUSED: Readonly<Record<string, string>> = {
  no_account:
    'Nobody here has the address that your organization gave. Ask an owner to invite it, or open an account with it first.',
  email_unverified: 'Your organization does not vouch for your address, so that nobody can be found by it here.',
  oidc_refused: 'Your organization did not sign you in.',
  token_invalid: 'That took too long, or began in another browser. Try it again.',
};

/** Why single sign-on led back here. */
export function Refused() {
  const [search] = useSearchParams();
  const refusal = search.get('refused');
  return refusal ? <Notice tone="bad">{REFUSED[refusal] ?? 'Signing in did not work.'}</Notice> : null;
}

/** Without a password, where the installation and the browser can. */
export function OtherWays() {
  const { adopt } = useSession();
  const methods = useSignInMethods();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const withPasskey = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      adopt(await signInWithPasskey(new ApiClient({ kind: 'none' })));
    } catch (error) {
      if (isTurnedBack(error)) setFault('No passkey was used.');
      else
        setFault(
          error instanceof ApiError && error.code === 'invalid_credentials'
            ? 'This passkey is not known here any more.'
            : (error as Error).message,
        );
      setBusy(false);
    }
  };
  const hasPasskeys = methods?.passkeys === true && 'PublicKeyCredential' in window;
  if (!hasPasskeys && !methods?.oidc) return null;
  return (
    <div className="form">
      <p className="or">
        <span>or</span>
      </p>
      {fault && <Notice tone="bad">{fault}</Notice>}
      {hasPasskeys && (
        <Button className="block" icon="key" busy={busy} onClick={() => void withPasskey()}>
          Sign in with a passkey
        </Button>
      )}
      {methods?.oidc && (
        <a className="button plain block" href="/v1/auth/oidc">
          <Icon name="people" size={16} />
          Continue with {methods.oidc.name}
        </a>
      )}
    </div>
  );
}
