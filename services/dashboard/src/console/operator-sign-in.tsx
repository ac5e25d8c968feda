import { type FormEvent, useState } from 'react';
import { ApiClient, type ApiError } from '../api/client';
import { Button } from '../ui/button';
import { PasswordField } from '../ui/field';
import { Mark } from '../ui/icons';

export function OperatorSignIn({ onToken }: { onToken: (token: string) => void }) {
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token')).trim();
    setBusy(true);
    setFault(undefined);
    try {
      await new ApiClient({ kind: 'bearer', secret: token }).get('/admin/v1/accounts', { query: { limit: 1 } });
      onToken(token);
    } catch (error) {
      setFault((error as ApiError).status === 401 ? 'This is no token of an operator.' : (error as ApiError).message);
      setBusy(false);
    }
  };
  return (
    <main className="auth-form console-sign-in">
      <div>
        <Mark size={38} />
        <div>
          <h1>Operators' console</h1>
          <p className="lead">US Video API</p>
        </div>
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
          <Button type="submit" look="primary" className="block" busy={busy}>
            Sign in
          </Button>
        </form>
      </div>
    </main>
  );
}
