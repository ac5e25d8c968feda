import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { exactTime } from '../api/format';
import { useGet, useSend } from '../api/queries';
import type { List } from '../api/types';
import { Button } from '../ui/button';
import { Card, PageHeader } from '../ui/card';
import { Dialog } from '../ui/dialog';
import { Choice, TextField } from '../ui/field';
import { Empty, Notice } from '../ui/states';
import { Table } from '../ui/table';
import { tell } from '../ui/toast';

interface Price {
  readonly model: string;
  readonly resolution: string;
  readonly per_second: string;
  readonly version: number;
  readonly effective_from: string | null;
  readonly author: string | null;
}

const PATH = '/admin/v1/prices';

export function Prices() {
  const [setting, setSetting] = useState(false);
  const prices = useGet<List<Price>>(PATH);
  return (
    <>
      <PageHeader
        title="Prices"
        description="Every version of every price. A job pays the price of the moment it was made."
        actions={
          <Button look="primary" icon="plus" onClick={() => setSetting(true)}>
            New version
          </Button>
        }
      />
      <Card flush>
        <Table
          label="Prices"
          rows={prices.data?.data}
          error={prices.error}
          retry={() => void prices.refetch()}
          keyOf={({ model, resolution, version }) => `${model}/${resolution}/${version}`}
          empty={
            <Empty icon="wallet" title="No price">
              Without a price every job is refused.
            </Empty>
          }
          columns={[
            { title: 'Model', cell: ({ model }) => (model === '*' ? 'every model' : model) },
            { title: 'Resolution', cell: ({ resolution }) => resolution },
            {
              title: 'A second',
              align: 'right',
              cell: ({ per_second: price }) => <span className="strong">{price}</span>,
            },
            { title: 'Version', align: 'right', cell: ({ version }) => version, wide: true },
            { title: 'From', cell: ({ effective_from: at }) => (at ? exactTime(at) : 'the beginning'), wide: true },
            { title: 'By', cell: ({ author }) => author ?? '–', wide: true },
          ]}
        />
      </Card>
      <PriceDialog open={setting} onClose={() => setSetting(false)} />
    </>
  );
}

function PriceDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { api } = useApi();
  const set = useSend((body: object) => api.send('POST', PATH, { body }), [PATH]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    set.mutate(Object.fromEntries(new FormData(event.currentTarget)), {
      onSuccess: () => {
        tell('The price is set');
        onClose();
      },
    });
  };
  return (
    <Dialog open={open} onClose={onClose} title="New version of a price" description="Holds for jobs made from now on.">
      <form className="form" onSubmit={submit}>
        {set.error && set.error.details.length === 0 && <Notice tone="bad">{set.error.message}</Notice>}
        <TextField
          label="Model"
          name="model"
          defaultValue="*"
          required
          hint="* is every model without a price of its own."
          error={set.error?.of('model')}
        />
        <Choice
          label="Resolution"
          name="resolution"
          options={[
            ['480p', '480p'],
            ['720p', '720p'],
            ['1080p', '1080p'],
          ]}
          error={set.error?.of('resolution')}
        />
        <TextField
          label="A second"
          name="per_second_usd"
          prefix="$"
          inputMode="decimal"
          required
          error={set.error?.of('per_second_usd')}
        />
        <TextField label="Your name" name="author" required error={set.error?.of('author')} />
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={set.isPending}>
            Set it
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
