import type { FormEvent } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { TextField } from '../ui/field';
import { Notice } from '../ui/states';
import { tell } from '../ui/toast';
import type { OperatorOrder } from '../operator/orders';

/** Where customers pay by transfer: an operator says that the money came. */
export function TopUpConfirmation() {
  const { api } = useApi();
  const confirm = useSend(
    ({ topUp, ...body }: Record<string, string>) =>
      api.send<{ amount: string; object: string } | OperatorOrder>('POST', `/admin/v1/topups/${topUp}/confirm`, {
        body,
      }),
    ['/admin/v1/accounts', '/admin/v1/orders'],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => String(new FormData(form).get(name) ?? '').trim();
    const author = text('author');
    confirm.mutate(
      { topUp: text('topUp'), payment_ref: text('payment'), ...(author === '' ? {} : { author }) },
      {
        onSuccess: (done) => {
          form.reset();
          if (done.object === 'operator_order') tell('A second operator has to approve it', 'It waits under Orders.');
          else tell('The top-up is confirmed', `${done.amount} are in the balance.`);
        },
      },
    );
  };
  return (
    <Card title="A transfer that arrived" description="Confirms a manual top-up; it adds its amount once.">
      <form className="form" onSubmit={submit}>
        {confirm.error && confirm.error.details.length === 0 && <Notice tone="bad">{confirm.error.message}</Notice>}
        <div className="form-row">
          <TextField label="Top-up" name="topUp" placeholder="top_…" required pattern="top_[0-9A-Za-z]+" />
          <TextField
            label="Payment"
            name="payment"
            required
            hint="The bank's reference."
            error={confirm.error?.of('payment_ref')}
          />
        </div>
        <TextField
          label="Signed by"
          name="author"
          hint="With the token of the installation only, which is nobody's own."
          error={confirm.error?.of('author')}
        />
        <div className="form-end">
          <Button type="submit" busy={confirm.isPending}>
            Confirm it
          </Button>
        </div>
      </form>
    </Card>
  );
}
