import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import type { ApiKey } from '../api/types';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { CheckBox } from '../ui/field';
import { Notice } from '../ui/states';
import type { NewKey } from './new-key';

/** A new secret under the same name; the old one lives on for a day, unless it leaked. */
export function RotateButton({ apiKey, onMade }: { apiKey: ApiKey; onMade: (key: NewKey) => void }) {
  const { api } = useApi();
  const [open, setOpen] = useState(false);
  const rotate = useSend(
    (now: boolean) => api.send<NewKey>('POST', `/v1/api-keys/${apiKey.id}/rotate`, { body: { expire_old_now: now } }),
    ['/v1/api-keys'],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    rotate.mutate(new FormData(event.currentTarget).has('now'), {
      onSuccess: (key) => {
        setOpen(false);
        onMade(key);
      },
    });
  };
  return (
    <>
      <Button small look="quiet" icon="refresh" onClick={() => setOpen(true)}>
        Rotate
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Rotate ${apiKey.name}`}
        description="You get a new secret. The old one works for 24 hours more, so that nothing breaks while you replace it."
      >
        <form className="form" onSubmit={submit}>
          {rotate.error && <Notice tone="bad">{rotate.error.message}</Notice>}
          <CheckBox
            name="now"
            label="It leaked: end the old one at once"
            hint="Calls with the old secret are then refused within five seconds."
          />
          <footer>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" look="primary" busy={rotate.isPending}>
              Rotate
            </Button>
          </footer>
        </form>
      </Dialog>
    </>
  );
}
