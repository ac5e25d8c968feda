import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { ApiClient, ApiError } from '../api/client';
import type { Session } from '../api/types';
import { Button } from '../ui/button';
import { PasswordField, TextField } from '../ui/field';
import { Notice } from '../ui/states';
import { AuthPage } from './auth-page';
import { OtherWays, Refused } from './other-ways';
import { environmentOf, useSession } from './session';
import { useSignInMethods } from './sign-in-methods';

export function SignIn() {
  const { hasSessions } = useSession();
  return (
    <AuthPage
      title="Sign in"
      foot={
        <p>
          New here?{' '}
          <Link href="/register" className="link">
            Open an account
          </Link>
        </p>
      }
    >
      {hasSessions ? (
        <>
          <Refused />
          <PasswordForm />
          <OtherWays />
        </>
      ) : (
        <KeyForm />
      )}
    </AuthPage>
  );
}

function PasswordForm() {
  const { adopt } = useSession();
  const methods = useSignInMethods();
  const [needsCode, setNeedsCode] = useState(false);
  const [refusal, setRefusal] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const totp = String(form.get('totp') ?? '').replaceAll(' ', '');
    setBusy(true);
    setRefusal(undefined);
    try {
      const body = { email: form.get('email'), password: form.get('password'), ...(totp ? { totp } : {}) };
      adopt(await new ApiClient({ kind: 'none' }).send<Session>('POST', '/v1/auth/login', { body }));
    } catch (error) {
      if ((error as ApiError).code === 'mfa_required' && !needsCode) setNeedsCode(true);
      else setRefusal(error as ApiError);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {refusal && (
        <Notice tone="bad">
          {refusal.code === 'invalid_credentials' ? 'Email, password or code are not right.' : refusal.message}
        </Notice>
      )}
      <TextField label="Email" name="email" type="email" autoComplete="username" required />
      <PasswordField label="Password" name="password" autoComplete="current-password" required />
      {needsCode && (
        <TextField
          label="Code of your authenticator"
          name="totp"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9 ]{6,8}"
          autoFocus
          required
          hint="Six digits, new every 30 seconds."
        />
      )}
      <Button type="submit" look="primary" className="block" busy={busy}>
        Sign in
      </Button>
      {methods?.letters !== false && (
        <p>
          <Link href="/forgot" className="link">
            Forgot your password?
          </Link>
        </p>
      )}
    </form>
  );
}

/** Where the platform knows keys only. */
function KeyForm() {
  const { signInWithKey } = useSession();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const secret = String(new FormData(event.currentTarget).get('key')).trim();
    if (!environmentOf(secret)) return setFault('A key begins with usv_live_ or usv_test_.');
    setBusy(true);
    setFault(undefined);
    try {
      await signInWithKey(secret);
    } catch (error) {
      setFault(
        (error as ApiError).status === 401 ? 'The platform does not know this key.' : (error as ApiError).message,
      );
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <PasswordField
        label="API key"
        name="key"
        autoComplete="off"
        spellCheck={false}
        placeholder="usv_test_…"
        required
        error={fault}
        hint="Kept in this page's memory only: reloading signs you out."
      />
      <Button type="submit" look="primary" className="block" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
