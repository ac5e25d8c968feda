import { type FormEvent, useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { ApiClient, type ApiError } from '../api/client';
import { Button, LinkButton } from '../ui/button';
import { PasswordField, TextField } from '../ui/field';
import { Loading, Notice } from '../ui/states';
import { AuthPage } from './auth-page';
import { NEW_PASSWORD } from './password-rule';
import { useSession } from './session';

/** The pages that links in mails lead to, and the one that asks for such a mail. */
const anonymous = new ApiClient({ kind: 'none' });

type Outcome = { readonly done: boolean; readonly busy: boolean; readonly refusal: ApiError | undefined };

function useOnce(path: string): [Outcome, (body: object) => Promise<void>] {
  const [outcome, setOutcome] = useState<Outcome>({ done: false, busy: false, refusal: undefined });
  const run = async (body: object) => {
    setOutcome({ done: false, busy: true, refusal: undefined });
    try {
      await anonymous.send('POST', path, { body });
      setOutcome({ done: true, busy: false, refusal: undefined });
    } catch (error) {
      setOutcome({ done: false, busy: false, refusal: error as ApiError });
    }
  };
  return [outcome, run];
}

const toSignIn = (
  <p>
    <Link href="/sign-in" className="link">
      Back to sign in
    </Link>
  </p>
);

export function Forgot() {
  const [{ done, busy, refusal }, send] = useOnce('/v1/auth/forgot');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void send({ email: new FormData(event.currentTarget).get('email') });
  };
  return (
    <AuthPage title="Forgotten password" lead="You get a link by mail that sets a new one." foot={toSignIn}>
      {done ? (
        <Notice tone="good" title="Look into your mail">
          If the address has an account here, a link is on its way.
        </Notice>
      ) : (
        <form className="form" onSubmit={submit}>
          {refusal && <Notice tone="bad">{refusal.message}</Notice>}
          <TextField label="Email" name="email" type="email" autoComplete="username" required autoFocus />
          <Button type="submit" look="primary" className="block" busy={busy}>
            Send me the link
          </Button>
        </form>
      )}
    </AuthPage>
  );
}

export function Reset() {
  const [search] = useSearchParams();
  const [{ done, busy, refusal }, send] = useOnce('/v1/auth/reset');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void send({ token: search.get('token') ?? '', password: new FormData(event.currentTarget).get('password') });
  };
  return (
    <AuthPage title="Set a new password" foot={toSignIn}>
      {done ? (
        <Notice
          tone="good"
          title="The password is set"
          action={
            <LinkButton small to="/sign-in">
              Sign in
            </LinkButton>
          }
        >
          All your sessions have ended.
        </Notice>
      ) : (
        <form className="form" onSubmit={submit}>
          {refusal && !refusal.of('password') && <Notice tone="bad">{refusal.message}</Notice>}
          <PasswordField
            label="New password"
            name="password"
            {...NEW_PASSWORD}
            required
            error={refusal?.of('password')}
          />
          <Button type="submit" look="primary" className="block" busy={busy}>
            Set it
          </Button>
        </form>
      )}
    </AuthPage>
  );
}

export function Verify() {
  const [search] = useSearchParams();
  const { reload } = useSession();
  const [{ done, refusal }, send] = useOnce('/v1/auth/verify');
  const token = search.get('token') ?? '';
  useEffect(() => {
    void send({ token }).then(reload);
    // The link is used once.
  }, [token]);
  return (
    <AuthPage
      title="Verify your address"
      foot={
        <p>
          <Link href="/" className="link">
            To the dashboard
          </Link>
        </p>
      }
    >
      {done ? (
        <Notice tone="good" title="Your address is verified" />
      ) : refusal ? (
        <Notice tone="bad">{refusal.message}</Notice>
      ) : (
        <Loading label="Verifying" />
      )}
    </AuthPage>
  );
}

/** Somebody new sets a password; a member elsewhere who is signed in just joins. */
export function AcceptInvitation() {
  const [search] = useSearchParams();
  const { signed, reload } = useSession();
  const [{ done, busy, refusal }, send] = useOnce('/v1/auth/accept-invitation');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password') ?? '');
    void send({ token: search.get('token') ?? '', ...(password ? { password } : {}) }).then(reload);
  };
  return (
    <AuthPage
      title="Join the account"
      foot={
        <p>
          <Link href="/" className="link">
            To the dashboard
          </Link>
        </p>
      }
    >
      {done ? (
        <Notice tone="good" title="You are a member">
          Sign in to see the account.
        </Notice>
      ) : (
        <form className="form" onSubmit={submit}>
          {refusal && !refusal.of('password') && <Notice tone="bad">{refusal.message}</Notice>}
          {!signed && (
            <PasswordField
              label="Password"
              name="password"
              {...NEW_PASSWORD}
              hint={`${NEW_PASSWORD.hint} Leave it empty if you have an account here already.`}
              error={refusal?.of('password')}
            />
          )}
          <Button type="submit" look="primary" className="block" busy={busy}>
            Join
          </Button>
        </form>
      )}
    </AuthPage>
  );
}
