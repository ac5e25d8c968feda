import { type FormEvent, useState } from 'react';
import { Link, useParams } from 'wouter';
import { idempotencyKey } from '../api/client';
import { useApi } from '../api/context';
import { exactTime } from '../api/format';
import { useGet, useSend } from '../api/queries';
import { Button, CopyButton } from '../ui/button';
import { Card, Facts, Mono, PageHeader } from '../ui/card';
import { Choice, TextField } from '../ui/field';
import { Icon } from '../ui/icons';
import { Failure, Loading, Notice, Status } from '../ui/states';
import { tell } from '../ui/toast';
import type { AdminAccount, AdminLimits } from './admin-types';
import type { OperatorOrder } from '../operator/orders';
import { AccountLife } from './account-life';
import { TopUpConfirmation } from './top-up-confirmation';
import { Suspension } from './suspension';

const ACCOUNTS = '/admin/v1/accounts';

export function AccountDetail() {
  const { id = '' } = useParams<{ id: string }>();
  const account = useGet<AdminAccount>(`${ACCOUNTS}/${id}`);
  const { data, error } = account;
  if (error && !data)
    return (
      <>
        <PageHeader title="Account" />
        <Failure error={error} retry={() => void account.refetch()} />
      </>
    );
  if (!data) return <Loading />;
  return (
    <>
      <PageHeader
        title={data.name}
        description={data.email}
        above={
          <Link href="/" className="crumb">
            <Icon name="left" size={14} />
            All accounts
          </Link>
        }
        actions={<Suspension account={data} />}
      />
      <div className="grid-2">
        <div className="stack">
          <Card title="Account">
            <Facts
              rows={[
                [
                  'Id',
                  <>
                    <Mono>{data.account_id}</Mono>{' '}
                    <CopyButton compact text={data.account_id} label="Copy the account's id" />
                  </>,
                ],
                ['Status', <Status status={data.status} />],
                ['Plan', data.plan],
                ['Since', data.created_at ? exactTime(data.created_at) : '–'],
              ]}
            />
          </Card>
          <MoneyCard id={id} />
          <TopUpConfirmation />
          <AccountLife account={data} />
        </div>
        <div className="stack">
          {(['live', 'test'] as const).map(
            (environment) =>
              data.limits[environment] && (
                <LimitsCard key={environment} id={id} environment={environment} limits={data.limits[environment]} />
              ),
          )}
        </div>
      </div>
    </>
  );
}

const LIMITS = [
  ['concurrent_jobs', 'Rendering at a time'],
  ['queued_jobs', 'Waiting in the queue'],
  ['creates_per_minute', 'Creates a minute'],
  ['reads_per_minute', 'Reads a minute'],
] as const;

function LimitsCard({ id, environment, limits }: { id: string; environment: 'live' | 'test'; limits: AdminLimits }) {
  const { api } = useApi();
  const put = useSend((body: object) => api.send('PUT', `${ACCOUNTS}/${id}/limits`, { body }), [ACCOUNTS]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = Object.fromEntries(
      [...new FormData(event.currentTarget)].map(([name, value]) => [name, Number(value)]),
    );
    put.mutate(
      { environment, ...given },
      { onSuccess: () => tell('The limits are set', 'They hold within a second.') },
    );
  };
  return (
    <Card
      title={environment === 'live' ? 'Live limits' : 'Test limits'}
      description="In force within a second, without a restart."
    >
      <form className="form" onSubmit={submit}>
        {put.error && put.error.details.length === 0 && <Notice tone="bad">{put.error.message}</Notice>}
        <div className="form-row">
          {LIMITS.map(([name, label]) => (
            <TextField
              key={`${name}${limits[name]}`}
              label={label}
              name={name}
              type="number"
              min={name.endsWith('minute') ? 1 : 0}
              defaultValue={limits[name]}
              required
              error={put.error?.of(name)}
            />
          ))}
        </div>
        <div className="form-end">
          <Button type="submit" busy={put.isPending}>
            Set {environment} limits
          </Button>
        </div>
      </form>
    </Card>
  );
}

const MOVES = {
  credit: {
    label: 'Credit: money that came in',
    path: 'credit',
    body: (amount: string, reason: string, reference: string) => ({
      amount_usd: amount,
      payment_ref: reference,
      note: reason,
    }),
  },
  adjustment: {
    label: 'Adjustment: correct the balance, also downwards',
    path: 'adjustments',
    body: (amount: string, reason: string, reference: string, author: string) => ({
      amount_usd: amount,
      adjustment_ref: reference,
      reason,
      author,
    }),
  },
} as const;

function MoneyCard({ id }: { id: string }) {
  const { api } = useApi();
  const [kind, setKind] = useState<keyof typeof MOVES>('credit');
  const [reference, setReference] = useState(idempotencyKey);
  const move = useSend(
    (body: object) =>
      api.send<{ available: string } | OperatorOrder>('POST', `${ACCOUNTS}/${id}/${MOVES[kind].path}`, { body }),
    [ACCOUNTS, '/admin/v1/orders'],
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => String(new FormData(form).get(name) ?? '').trim();
    move.mutate(MOVES[kind].body(text('amount'), text('reason'), text('reference'), text('author')), {
      onSuccess: (done) => {
        form.reset();
        setReference(idempotencyKey());
        if ('available' in done) tell('The money is moved', `${done.available} are available now.`);
        else tell('A second operator has to approve it', 'It waits under Orders.');
      },
    });
  };
  return (
    <Card title="Money" description="The same reference never moves money twice.">
      <form className="form" onSubmit={submit}>
        {move.error && move.error.details.length === 0 && <Notice tone="bad">{move.error.message}</Notice>}
        <Choice
          label="What"
          value={kind}
          onChange={(event) => setKind(event.target.value as keyof typeof MOVES)}
          options={Object.entries(MOVES).map(([value, { label }]) => [value, label] as const)}
        />
        <div className="form-row">
          <TextField
            label="Amount"
            name="amount"
            prefix="$"
            inputMode="decimal"
            required
            error={move.error?.of('amount_usd')}
          />
          <TextField
            label="Reference"
            name="reference"
            value={reference}
            onChange={(event) => setReference(event.target.value)}
            required
            error={move.error?.of('payment_ref') ?? move.error?.of('adjustment_ref')}
          />
        </div>
        <TextField
          label="Reason"
          name="reason"
          required
          hint="Shown in the ledger."
          error={move.error?.of('reason') ?? move.error?.of('note')}
        />
        {kind === 'adjustment' && (
          <TextField label="Your name" name="author" required error={move.error?.of('author')} />
        )}
        <div className="form-end">
          <Button type="submit" look="primary" busy={move.isPending}>
            Move the money
          </Button>
        </div>
      </form>
    </Card>
  );
}
