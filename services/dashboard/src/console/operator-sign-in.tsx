import { type FormEvent, useEffect, useState } from 'react';
import { ApiClient, type ApiError } from '../api/client';
import { Button } from '../ui/button';
import { PasswordField } from '../ui/field';
import { Mark } from '../ui/icons';
import { Notice } from '../ui/states';

interface Methods {
  readonly oidc: { readonly name: string } | null;
}

const BACK = '/console/signed-in';
const nobody = new ApiClient({ kind: 'none' });

/** What the identity provider sent the browser back with; it counts once, and leaves the address bar at once. */
const returned = location.pathname === BACK ? location.search.slice(1) : '';
if (location.pathname === BACK) history.replaceState(null, '', '/console');
let finishing: Promise<string> | undefined;

function finish(): Promise<string> {
  finishing ??= nobody
    .send<{ token: string }>('POST', '/admin/v1/auth/oidc/finish', { body: { query: returned } })
    .then(({ token }) => token);
  return finishing;
}

export function OperatorSignIn({ onToken }: { onToken: (token: string) => void }) {
  const [fault, setFault] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const [busy, setBusy] = useState<'token' | 'oidc' | undefined>(
    returned === '' || finishing !== undefined ? undefined : 'oidc',
  );
  const [methods, setMethods] = useState<Methods>();
  const failed = (error: ApiError) => {
    setRefused(error.message);
    setBusy(undefined);
  };
  useEffect(() => {
    nobody.get<Methods>('/admin/v1/auth/methods').then(setMethods, (error: ApiError) => setRefused(error.message));
  }, []);
  useEffect(() => {
    if (returned !== '' && finishing === undefined) finish().then(onToken, failed);
  }, []);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token')).trim();
    setBusy('token');
    setFault(undefined);
    try {
      await new ApiClient({ kind: 'bearer', secret: token }).get('/admin/v1/operators/me');
      onToken(token);
    } catch (error) {
      setFault((error as ApiError).status === 401 ? 'This is no token of an operator.' : (error as ApiError).message);
      setBusy(undefined);
    }
  };
  const leave = () => {
    setBusy('oidc');
    nobody
      .send<{ url: string }>('POST', '/admin/v1/auth/oidc')
      .then(({ url }) => location.assign(url))
      .catch(failed);
  };
  return (
    <main className="auth-form console-sign-in">
      <div>
        <Mark size={38} />
        <div>
          <h1>Operators' console</h1>
          <p className="lead">US Video API</p>
        </div>
        {refused && <Notice tone="bad">{refused}</Notice>}
        <form className="form" onSubmit={(event) => void submit(event)}>
          <PasswordField
            label="Operator token"
            name="token"
            autoComplete="off"
            spellCheck={false}
            required
            autoFocus
            error={fault}
            hint="Kept in this page's memory only: reloading signs you out."
          />
          <Button type="submit" look="primary" className="block" busy={busy === 'token'}>
            Sign in
          </Button>
        </form>
        {methods?.oidc && (
          <div className="form">
            <p className="or">
              <span>or</span>
            </p>
            <Button className="block" icon="people" busy={busy === 'oidc'} onClick={leave}>
              Continue with {methods.oidc.name}
            </Button>
          </div>
        )}
      </div>
    </main>
  );
}
