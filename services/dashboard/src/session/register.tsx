import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { ApiError } from '../api/client';
import { Button } from '../ui/button';
import { PasswordField, TextField } from '../ui/field';
import { Notice } from '../ui/states';
import { AuthPage } from './auth-page';
import { NEW_PASSWORD } from './password-rule';
import { useSession } from './session';

export function Register() {
  const { register } = useSession();
  const [, navigate] = useLocation();
  const [refusal, setRefusal] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name));
    setBusy(true);
    setRefusal(undefined);
    try {
      await register({ email: text('email'), password: text('password'), account_name: text('account_name') });
      navigate('/');
    } catch (error) {
      setRefusal(error as ApiError);
      setBusy(false);
    }
  };
  return (
    <AuthPage
      title="Open an account"
      lead="You get a test key at once. No card."
      foot={
        <p>
          Have one?{' '}
          <Link href="/sign-in" className="link">
            Sign in
          </Link>
        </p>
      }
    >
      <form className="form" onSubmit={(event) => void submit(event)}>
        {refusal && refusal.details.length === 0 && <Notice tone="bad">{refusal.message}</Notice>}
        <TextField
          label="Account name"
          name="account_name"
          autoComplete="organization"
          maxLength={200}
          required
          autoFocus
          error={refusal?.of('account_name')}
        />
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          required
          error={refusal?.of('email')}
        />
        <PasswordField label="Password" name="password" {...NEW_PASSWORD} required error={refusal?.of('password')} />
        <Button type="submit" look="primary" className="block" busy={busy}>
          Open the account
        </Button>
      </form>
    </AuthPage>
  );
}
