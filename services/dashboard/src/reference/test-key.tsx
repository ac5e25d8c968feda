import { type FormEvent, useMemo, useState } from 'react';
import { ApiClient, ApiError } from '../api/client';
import { useSession } from '../session/session';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { PasswordField } from '../ui/field';
import { Notice } from '../ui/states';

const PLACEHOLDER = 'usv_test_YOUR_KEY';

/** What code shows as the key, and who calls when it is run: always the test environment, where nothing is charged. */
export function useTestKey(): { readonly shown: string; readonly caller: ApiClient | undefined } {
  const { signed, keys } = useSession();
  const csrfToken = signed?.kind === 'session' ? signed.session.csrf_token : undefined;
  const caller = useMemo(() => {
    if (keys.test !== undefined) return new ApiClient({ kind: 'bearer', secret: keys.test }, 'test');
    return csrfToken === undefined ? undefined : new ApiClient({ kind: 'cookie', csrfToken }, 'test');
  }, [keys.test, csrfToken]);
  return { shown: keys.test ?? PLACEHOLDER, caller };
}

/** The reader's own key, which this page keeps in memory only. */
export function TestKey() {
  const { signed, keys } = useSession();
  const [open, setOpen] = useState(false);
  if (keys.test !== undefined)
    return (
      <span className="key-state">
        <code>{keys.test.slice(0, 13)}…</code>
        <span className="wide-only">is in the code</span>
      </span>
    );
  if (signed?.kind === 'session') return <MakeKey />;
  return (
    <>
      <Button small icon="key" onClick={() => setOpen(true)}>
        Use my test key
      </Button>
      <EnterKey open={open} onClose={() => setOpen(false)} />
    </>
  );
}

function MakeKey() {
  const { rememberKey } = useSession();
  const { caller } = useTestKey();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const make = async () => {
    setBusy(true);
    try {
      rememberKey(
        'test',
        (await caller!.send<{ secret: string }>('POST', '/v1/api-keys', { body: { name: 'Documentation' } })).secret,
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setRefusal(error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {refusal && (
        <span className="note bad" role="alert">
          {refusal}
        </span>
      )}
      <Button small icon="key" busy={busy} onClick={() => void make()}>
        Put a test key of mine in the code
      </Button>
    </>
  );
}

function EnterKey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { signInWithKey } = useSession();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const secret = String(new FormData(event.currentTarget).get('key')).trim();
    if (!secret.startsWith('usv_test_'))
      return setRefusal('Enter a key of the test environment: it begins with usv_test_.');
    setBusy(true);
    setRefusal(undefined);
    try {
      await signInWithKey(secret);
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setRefusal(error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Your test key"
      description="It goes into the code on these pages and into what you run here. It is kept in memory only, until you close the tab."
    >
      <form className="form" onSubmit={(event) => void submit(event)}>
        {refusal && <Notice tone="bad">{refusal}</Notice>}
        <PasswordField
          label="Test key"
          name="key"
          placeholder="usv_test_…"
          autoComplete="off"
          spellCheck={false}
          required
        />
        <p className="note">
          No key yet?{' '}
          <a className="link" href="/dashboard/register">
            Open an account
          </a>
          , or{' '}
          <a className="link" href="/dashboard/sign-in">
            sign in
          </a>
          : then no key has to be typed.
        </p>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            Use it
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
