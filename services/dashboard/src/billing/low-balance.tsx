import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { tell } from '../ui/toast';

/** The platform sends `balance.low` when what is available falls below it. */
export function LowBalance({ threshold, ready }: { threshold: string | null; ready: boolean }) {
  const { api } = useApi();
  const [editing, setEditing] = useState(false);
  const put = useSend(
    (amount: string) => api.send('PUT', '/v1/balance/threshold', { body: { threshold_usd: amount } }),
    ['/v1/balance'],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const amount = String(new FormData(event.currentTarget).get('threshold')).trim() || '0';
    put.mutate(amount, {
      onSuccess: () => {
        tell('The low-balance notice is set');
        setEditing(false);
      },
    });
  };
  if (!editing) {
    return (
      <div className="card-header">
        <p>
          {!ready
            ? ' '
            : threshold
              ? `You are told when less than ${threshold} is available.`
              : 'You are not told when the balance runs low.'}
        </p>
        <Button small look="quiet" onClick={() => setEditing(true)}>
          {threshold ? 'Change' : 'Tell me'}
        </Button>
      </div>
    );
  }
  return (
    <form className="filters" onSubmit={submit}>
      <TextField
        label="Tell me below"
        name="threshold"
        inputMode="decimal"
        prefix="$"
        defaultValue={threshold?.replace('$', '') ?? ''}
        autoFocus
        error={put.error?.of('threshold_usd') ?? put.error?.message}
      />
      <Button type="submit" look="primary" busy={put.isPending}>
        Save
      </Button>
      <Button look="quiet" onClick={() => setEditing(false)}>
        Cancel
      </Button>
    </form>
  );
}
