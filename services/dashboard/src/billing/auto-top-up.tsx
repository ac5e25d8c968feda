import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useApi } from '../api/context';
import { useGet, useRefresh, useSend } from '../api/queries';
import type { AutoTopUp } from '../api/types';
import { Button } from '../ui/button';
import { Card, Meter } from '../ui/card';
import { ConfirmButton, Dialog } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Badge, Empty, Notice, type Tone } from '../ui/states';
import { tell } from '../ui/toast';
import { words } from '../api/format';

const PATH = '/v1/auto-topup';
const REFRESH_MS = 5_000;

const STATES: Readonly<Record<AutoTopUp['state'], readonly [label: string, tone: Tone]>> = {
  off: ['Off', 'neutral'],
  no_payment_method: ['Needs a card', 'warn'],
  waiting: ['On', 'good'],
  charging: ['Charging', 'info'],
  month_max_reached: ['Month’s maximum reached', 'warn'],
  failed: ['Stopped', 'bad'],
};

/** Shown where the installation can keep payment methods, and nowhere else. */
export function AutoTopUpCard() {
  const auto = useGet<AutoTopUp>(PATH, undefined, { refetchInterval: REFRESH_MS });
  const [editing, setEditing] = useState(false);
  const { data } = auto;
  useMoneyThatCame(data && `${data.state} ${data.charged_this_month}`);
  if (!data?.offered) return null;
  const [label, tone] = STATES[data.state];
  return (
    <Card
      title={
        <>
          Automatic top-up{' '}
          <Badge tone={tone} pulse={data.state === 'charging'}>
            {label}
          </Badge>
        </>
      }
      description="Your saved card is charged when the balance runs low, never twice at a time."
      action={
        <Button small onClick={() => setEditing(true)}>
          {data.enabled ? 'Change' : 'Set up'}
        </Button>
      }
    >
      {data.state === 'failed' && (
        <Notice tone="bad" title={`Nothing more is charged: ${words(data.failure ?? '').toLowerCase()}`}>
          {data.failure === 'outcome_unknown'
            ? 'It is not known whether the last charge went through. Ask the operator of this installation.'
            : 'Save another card, or save the terms again to try the same one.'}
        </Notice>
      )}
      {data.enabled ? (
        <div className="meter-row">
          <div>
            <span className="strong">
              {data.amount} when less than {data.threshold} is available
            </span>
            <span className="number">
              {data.charged_this_month} of {data.monthly_max} this month
            </span>
          </div>
          <Meter
            label="Charged this month"
            value={data.charged_this_month_micros}
            max={data.monthly_max_micros}
            text={`${data.charged_this_month} of ${data.monthly_max}`}
          />
        </div>
      ) : (
        <Empty icon="wallet" title="Off">
          You add funds yourself. Jobs are refused when the balance is spent.
        </Empty>
      )}
      <SavedCard auto={data} />
      <TermsDialog key={String(editing)} auto={data} open={editing} onClose={() => setEditing(false)} />
    </Card>
  );
}

/** What is charged by itself shows in the balance and in the ledger without a reload. */
function useMoneyThatCame(charged: string | undefined): void {
  const refresh = useRefresh();
  const before = useRef(charged);
  useEffect(() => {
    if (before.current !== undefined && before.current !== charged)
      void refresh('/v1/balance', '/v1/ledger', '/v1/topups', '/v1/statements');
    before.current = charged;
  }, [charged]);
}

function SavedCard({ auto }: { auto: AutoTopUp }) {
  const { api } = useApi();
  const setUp = useSend(() =>
    api.send<{ checkout_url: string }>('POST', `${PATH}/payment-method`, {
      body: { success_url: location.href, cancel_url: location.href },
    }),
  );
  const remove = useSend(() => api.send('DELETE', `${PATH}/payment-method`), [PATH]);
  return (
    <>
      {setUp.error && <Notice tone="bad">{setUp.error.message}</Notice>}
      <div className="card-header">
        <p>
          {auto.payment_method ? (
            <>
              Card: <span className="strong">{auto.payment_method.replace(' ', ' ···· ')}</span>
            </>
          ) : (
            'No card is saved.'
          )}
        </p>
        <div className="actions">
          {auto.payment_method && (
            <ConfirmButton
              small
              look="quiet"
              label="Remove"
              title="Remove the card?"
              confirm="Remove it"
              description="Nothing more is charged until another is saved."
              run={() => remove.mutateAsync()}
            />
          )}
          <Button
            small
            busy={setUp.isPending}
            onClick={() => setUp.mutate(undefined, { onSuccess: ({ checkout_url: url }) => location.assign(url) })}
          >
            {auto.payment_method ? 'Replace' : 'Save a card'}
          </Button>
        </div>
      </div>
    </>
  );
}

function TermsDialog({ auto, open, onClose }: { auto: AutoTopUp; open: boolean; onClose: () => void }) {
  const { api } = useApi();
  const put = useSend((body: object) => api.send<AutoTopUp>('PUT', PATH, { body }), [PATH]);
  const save = (enabled: boolean, terms: object) =>
    put.mutate(
      { enabled, ...terms },
      {
        onSuccess: () => {
          tell(enabled ? 'The automatic top-up is on' : 'The automatic top-up is off');
          onClose();
        },
      },
    );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save(
      true,
      Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()])),
    );
  };
  const plain = (amount: string, otherwise: string) => (auto.amount_micros > 0 ? amount.replace('$', '') : otherwise);
  const money = { inputMode: 'decimal', prefix: '$', required: true } as const;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Automatic top-up"
      description="The maximum of a month holds whatever happens."
    >
      <form className="form" onSubmit={submit}>
        {put.error && put.error.details.length === 0 && <Notice tone="bad">{put.error.message}</Notice>}
        <TextField
          label="When less is available than"
          name="threshold_usd"
          {...money}
          defaultValue={plain(auto.threshold, '20.00')}
          error={put.error?.of('threshold_usd')}
        />
        <TextField
          label="Add"
          name="amount_usd"
          {...money}
          defaultValue={plain(auto.amount, '100.00')}
          error={put.error?.of('amount_usd')}
        />
        <TextField
          label="Most in a UTC month"
          name="monthly_max_usd"
          {...money}
          defaultValue={plain(auto.monthly_max, '500.00')}
          error={put.error?.of('monthly_max_usd')}
        />
        <footer>
          {auto.enabled ? (
            <Button
              busy={put.isPending}
              onClick={() =>
                save(false, {
                  threshold_usd: plain(auto.threshold, '0'),
                  amount_usd: plain(auto.amount, '0'),
                  monthly_max_usd: plain(auto.monthly_max, '0'),
                })
              }
            >
              Turn it off
            </Button>
          ) : (
            <Button onClick={onClose}>Cancel</Button>
          )}
          <Button type="submit" look="primary" busy={put.isPending}>
            {auto.enabled ? 'Save' : 'Turn it on'}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
