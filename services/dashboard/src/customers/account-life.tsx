import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Dialog } from '../ui/dialog';
import { Download } from '../api/download';
import { TextField } from '../ui/field';
import { Notice } from '../ui/states';
import { tell } from '../ui/toast';
import type { AdminAccount } from './admin-types';

interface Order {
  readonly button: string;
  readonly title: string;
  readonly means: string;
  readonly fields: readonly (readonly [name: string, label: string])[];
  readonly path: (values: Readonly<Record<string, string>>) => string;
  readonly done: string;
}

const ORDERS = {
  takeDown: {
    button: 'Take a video down',
    title: 'Take a video down?',
    means: 'Its links are dead at once, its prompt and file are erased. Its money stays on record.',
    fields: [
      ['job', "The video's id"],
      ['reason', 'Reason'],
    ],
    path: ({ job }) => `videos/${job}/take-down`,
    done: 'The video is taken down',
  },
  close: {
    button: 'Close the account',
    title: 'Close this account for good?',
    means: 'Its keys are revoked and its queue stands still; what renders finishes. Money and audit log stay.',
    fields: [['reason', 'Reason']],
    path: () => 'close',
    done: 'The account is closed',
  },
  erase: {
    button: 'Erase people and content',
    title: 'Erase what is kept of its people and videos?',
    means:
      'Addresses, prompts and files are gone for ever. Money and audit log stay. Type the id of the account again.',
    fields: [['confirm', 'Id of the account']],
    path: () => 'erase',
    done: 'The account is erased',
  },
} as const satisfies Record<string, Order>;

/** What an account may take with it, and how it ends. */
export function AccountLife({ account }: { account: AdminAccount }) {
  const [order, setOrder] = useState<Order>();
  const isClosed = account.status === 'closed' || account.status === 'erased';
  return (
    <Card title="Life" description="What it may take with it, and how it ends.">
      <div className="actions">
        <Download
          label="Its data"
          name={`${account.account_id}-data.ndjson`}
          type="application/x-ndjson"
          path={`/admin/v1/accounts/${account.account_id}/data`}
        />
        <Download
          label="Its ledger"
          name={`${account.account_id}-export.ndjson`}
          type="application/x-ndjson"
          path={`/admin/v1/accounts/${account.account_id}/export`}
        />
      </div>
      <div className="actions">
        <Button onClick={() => setOrder(ORDERS.takeDown)}>{ORDERS.takeDown.button}</Button>
        <Button icon="stop" disabled={isClosed} onClick={() => setOrder(ORDERS.close)}>
          {ORDERS.close.button}
        </Button>
        <Button icon="trash" disabled={account.status !== 'closed'} onClick={() => setOrder(ORDERS.erase)}>
          {ORDERS.erase.button}
        </Button>
      </div>
      {order && <OrderDialog id={account.account_id} order={order} onClose={() => setOrder(undefined)} />}
    </Card>
  );
}

function OrderDialog({ id, order, onClose }: { id: string; order: Order; onClose: () => void }) {
  const { api } = useApi();
  const give = useSend(
    ({ job = '', ...body }: Record<string, string>) =>
      api.send('POST', `/admin/v1/accounts/${id}/${order.path({ job })}`, { body }),
    ['/admin/v1/accounts'],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
    give.mutate(Object.fromEntries(values) as Record<string, string>, {
      onSuccess: () => {
        onClose();
        tell(order.done);
      },
    });
  };
  return (
    <Dialog open onClose={onClose} title={order.title} description={order.means}>
      <form className="form" onSubmit={submit}>
        {give.error && give.error.details.length === 0 && <Notice tone="bad">{give.error.message}</Notice>}
        {order.fields.map(([name, label]) => (
          <TextField key={name} label={label} name={name} required maxLength={500} error={give.error?.of(name)} />
        ))}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={give.isPending}>
            {order.button}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
