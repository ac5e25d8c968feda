import { type FormEvent, useState } from 'react';
import { idempotencyKey } from '../api/client';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { List, TopUp } from '../api/types';
import { Button, Outside } from '../ui/button';
import { Card, Time } from '../ui/card';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Empty, Notice, Status } from '../ui/states';
import { Table } from '../ui/table';

/** Automatic ones come by themselves. */
const REFRESH_MS = 10_000;
const AMOUNTS = ['25', '50', '100', '250'];

export function TopUpButton() {
  const { api } = useApi();
  const [open, setOpen] = useState(false);
  const [amount, setAmount] = useState('50');
  const create = useSend(
    (usd: string) =>
      api.send<TopUp>('POST', '/v1/topups', {
        body: { amount_usd: usd, success_url: location.href, cancel_url: location.href },
        headers: { 'idempotency-key': idempotencyKey() },
      }),
    ['/v1/topups', '/v1/balance'],
  );
  const close = () => {
    setOpen(false);
    create.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(amount.trim());
  };
  return (
    <>
      <Button look="primary" icon="plus" onClick={() => setOpen(true)}>
        Add funds
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title="Add funds"
        description="Funds do not expire and are spent by completed videos only."
      >
        {create.data ? (
          <Made topUp={create.data} onClose={close} />
        ) : (
          <form className="form" onSubmit={submit}>
            {create.error && create.error.details.length === 0 && <Notice tone="bad">{create.error.message}</Notice>}
            <div className="ideas">
              {AMOUNTS.map((each) => (
                <button type="button" key={each} onClick={() => setAmount(each)}>
                  ${each}
                </button>
              ))}
            </div>
            <TextField
              label="Amount"
              inputMode="decimal"
              prefix="$"
              required
              value={amount}
              onChange={(event) => setAmount(event.target.value)}
              error={create.error?.of('amount_usd')}
            />
            <footer>
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" look="primary" busy={create.isPending}>
                Continue
              </Button>
            </footer>
          </form>
        )}
      </Dialog>
    </>
  );
}

function Made({ topUp, onClose }: { topUp: TopUp; onClose: () => void }) {
  if (topUp.checkout_url) {
    return (
      <>
        <p>
          The payment page of {topUp.provider} takes {topUp.amount}.
        </p>
        <footer>
          <Button onClick={onClose}>Later</Button>
          <Outside href={topUp.checkout_url} look="primary">
            Pay {topUp.amount}
          </Outside>
        </footer>
      </>
    );
  }
  return (
    <>
      <Notice tone="info" title={`${topUp.amount} is announced`}>
        No payment provider is connected here: the operator adds the money when it arrives. Name <code>{topUp.id}</code>{' '}
        with the transfer.
      </Notice>
      <footer>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </footer>
    </>
  );
}

export function TopUps() {
  const topUps = useGet<List<TopUp>>('/v1/topups', { limit: 6 }, { refetchInterval: REFRESH_MS });
  return (
    <Card flush title="Top-ups" description="The latest six.">
      <Table
        label="Top-ups"
        rows={topUps.data?.data}
        error={topUps.error}
        retry={() => void topUps.refetch()}
        keyOf={(topUp) => topUp.id}
        empty={
          <Empty icon="wallet" title="No top-up yet">
            What the operator credited is in the ledger below.
          </Empty>
        }
        columns={[
          {
            title: 'Amount',
            cell: ({ amount, automatic }) => (
              <span className="two">
                <span className="strong">{amount}</span>
                <span>{automatic ? 'automatic' : ''}</span>
              </span>
            ),
          },
          {
            title: 'Status',
            cell: ({ status, checkout_url: url }) => (
              <>
                <Status status={status} /> {status === 'pending' && url && <Outside href={url}>Pay</Outside>}
              </>
            ),
          },
          { title: 'When', align: 'right', cell: ({ created_at: at }) => <Time at={at} /> },
        ]}
      />
    </Card>
  );
}
