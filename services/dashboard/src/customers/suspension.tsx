import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Notice } from '../ui/states';
import { tell } from '../ui/toast';
import type { AdminAccount } from './admin-types';

export function Suspension({ account }: { account: AdminAccount }) {
  const { api } = useApi();
  const [open, setOpen] = useState(false);
  const verb = account.status === 'suspended' ? 'resume' : 'suspend';
  const change = useSend(
    (reason: string) =>
      api.send('POST', `/admin/v1/accounts/${account.account_id}/${verb}`, { body: reason ? { reason } : {} }),
    ['/admin/v1/accounts'],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate(String(new FormData(event.currentTarget).get('reason')).trim(), {
      onSuccess: () => {
        setOpen(false);
        tell(verb === 'suspend' ? 'The account is suspended' : 'The account goes on');
      },
    });
  };
  return (
    <>
      <Button icon={verb === 'suspend' ? 'stop' : 'play'} onClick={() => setOpen(true)}>
        {verb === 'suspend' ? 'Suspend' : 'Resume'}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={verb === 'suspend' ? `Suspend ${account.name}?` : `Resume ${account.name}?`}
        description={
          verb === 'suspend'
            ? 'Its keys are refused and its queue stands still; what renders finishes.'
            : 'Its keys work and its queue moves again.'
        }
      >
        <form className="form" onSubmit={submit}>
          {change.error && <Notice tone="bad">{change.error.message}</Notice>}
          <TextField label="Reason" name="reason" required={verb === 'suspend'} maxLength={500} />
          <footer>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" look={verb === 'suspend' ? 'danger' : 'primary'} busy={change.isPending}>
              {verb === 'suspend' ? 'Suspend it' : 'Resume it'}
            </Button>
          </footer>
        </form>
      </Dialog>
    </>
  );
}
