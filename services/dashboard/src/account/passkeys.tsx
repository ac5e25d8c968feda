import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client';
import { useApi } from '../api/context';
import { useGet, useRefresh, useSend } from '../api/queries';
import type { List } from '../api/types';
import { addPasskey, isTurnedBack } from '../session/passkey';
import { useSignInMethods } from '../session/sign-in-methods';
import { Button } from '../ui/button';
import { Card, Time } from '../ui/card';
import { ConfirmButton } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Notice } from '../ui/states';
import { tell } from '../ui/toast';

interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created_at: string | null;
  readonly last_used_at: string | null;
}

const PATH = '/v1/auth/passkeys';

/** Shown where passkeys can be kept: they belong to a named site, and to a browser that knows them. */
export function PasskeysCard() {
  const { api } = useApi();
  const methods = useSignInMethods();
  const passkeys = useGet<List<Passkey>>(PATH, undefined, { enabled: methods?.passkeys === true });
  const remove = useSend((id: string) => api.send('DELETE', `${PATH}/${id}`), [PATH]);
  if (!methods?.passkeys || !('PublicKeyCredential' in window)) return null;
  return (
    <Card title="Passkeys" description="Sign in with your device's lock instead of a password and a code.">
      {passkeys.data?.data.map(({ id, name, last_used_at: used }) => (
        <div className="card-header" key={id}>
          <div>
            <span className="strong">{name}</span>
            <p className="note">
              {used ? (
                <>
                  used <Time at={used} />
                </>
              ) : (
                'never used'
              )}
            </p>
          </div>
          <ConfirmButton
            small
            look="quiet"
            icon="trash"
            label="Remove"
            title={`Remove ${name}?`}
            confirm="Remove it"
            description="It signs nobody in any more. Remove it on the device, too."
            run={() => remove.mutateAsync(id)}
          />
        </div>
      ))}
      <AddPasskey />
    </Card>
  );
}

function AddPasskey() {
  const { api } = useApi();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setFault(undefined);
    try {
      await addPasskey(api, String(new FormData(form).get('name')).trim());
      form.reset();
      tell('The passkey is added');
      void refresh(PATH);
    } catch (error) {
      setFault(
        isTurnedBack(error)
          ? 'No passkey was made.'
          : error instanceof ApiError || error instanceof Error
            ? error.message
            : 'That did not work.',
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {fault && <Notice tone="bad">{fault}</Notice>}
      <TextField label="Name" name="name" placeholder="Such as: work laptop" maxLength={100} required />
      <div className="form-end">
        <Button type="submit" icon="plus" busy={busy}>
          Add a passkey
        </Button>
      </div>
    </form>
  );
}
