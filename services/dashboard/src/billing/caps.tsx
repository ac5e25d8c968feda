import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useGet, useSend } from '../api/queries';
import type { ApiKey, Balance, SpendCap } from '../api/types';
import { Button } from '../ui/button';
import { Card, Meter } from '../ui/card';
import { Dialog } from '../ui/dialog';
import { Choice, TextField } from '../ui/field';
import { Empty, Notice, Skeleton } from '../ui/states';
import { tell } from '../ui/toast';
import { LowBalance } from './low-balance';

export function Caps({ balance }: { balance: Balance | undefined }) {
  const [open, setOpen] = useState(false);
  const keys = useGet<{ keys: readonly ApiKey[] }>('/v1/api-keys');
  const nameOf = (cap: SpendCap) =>
    cap.api_key_id === null
      ? 'The whole account'
      : (keys.data?.keys.find(({ id }) => id === cap.api_key_id)?.name ?? cap.api_key_id);
  return (
    <Card
      title="Spend caps"
      description="Most that may be spent in a UTC month, held money included."
      action={
        <Button small onClick={() => setOpen(true)}>
          Set a cap
        </Button>
      }
    >
      {!balance ? (
        <Skeleton height={60} />
      ) : balance.spend_caps.length === 0 ? (
        <Empty icon="shield" title="No cap">
          Spending ends where the balance ends.
        </Empty>
      ) : (
        balance.spend_caps.map((cap) => <CapRow key={cap.api_key_id ?? 'account'} cap={cap} name={nameOf(cap)} />)
      )}
      <LowBalance threshold={balance?.low_balance_threshold ?? null} ready={balance !== undefined} />
      <CapDialog open={open} onClose={() => setOpen(false)} keys={keys.data?.keys ?? []} />
    </Card>
  );
}

function CapRow({ cap, name }: { cap: SpendCap; name: string }) {
  const used = cap.spent_micros + cap.held_micros;
  const part = cap.limit_micros ? used / cap.limit_micros : 1;
  return (
    <div className="meter-row">
      <div>
        <span className="strong">{name}</span>
        <span className="number">
          {cap.spent} of {cap.limit}
          {cap.held_micros > 0 ? `, ${cap.held} held` : ''}
        </span>
      </div>
      <Meter
        label={`Cap of ${name}`}
        value={used}
        max={cap.limit_micros ?? 0}
        text={`${cap.remaining} left`}
        tone={part >= 1 ? 'bad' : part > 0.8 ? 'warn' : 'accent'}
      />
    </div>
  );
}

function CapDialog({ open, onClose, keys }: { open: boolean; onClose: () => void; keys: readonly ApiKey[] }) {
  const { api } = useApi();
  const put = useSend((body: object) => api.send('PUT', '/v1/spend-caps', { body }), ['/v1/balance']);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const limit = String(form.get('limit')).trim();
    const key = String(form.get('key'));
    put.mutate(
      { limit_usd: limit === '' ? null : limit, ...(key ? { api_key_id: key } : {}) },
      {
        onSuccess: () => {
          tell(limit === '' ? 'The cap is removed' : 'The cap is set');
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Set a spend cap"
      description="It takes effect at once; a video that would pass it is refused."
    >
      <form className="form" onSubmit={submit}>
        {put.error && put.error.details.length === 0 && <Notice tone="bad">{put.error.message}</Notice>}
        <Choice
          label="For"
          name="key"
          options={[
            ['', 'The whole account'],
            ...keys.map(({ id, name, masked_key: masked }) => [id, `${name} (${masked})`] as const),
          ]}
        />
        <TextField
          label="Most in a month"
          name="limit"
          inputMode="decimal"
          prefix="$"
          placeholder="None"
          hint="Leave it empty to remove the cap."
          error={put.error?.of('limit_usd')}
        />
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={put.isPending}>
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
