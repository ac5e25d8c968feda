import type { FormEvent } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import type { ApiKey } from '../api/types';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { CheckBox, TextField } from '../ui/field';
import { Notice } from '../ui/states';

export interface NewKey extends ApiKey {
  readonly secret: string;
}

const SCOPES = [
  ['videos', 'Make, read, cancel and erase videos', true],
  ['videos:unquoted', 'Let agents (MCP) make videos without a quote first', false],
  ['billing:read', 'Read balance, usage, ledger and statements', true],
  ['webhooks', 'Read and send webhook deliveries again', true],
  ['keys:read', 'List keys', true],
  ['billing:manage', 'Add funds, set caps', false],
  ['keys:manage', 'Make, rotate and revoke keys', false],
] as const;

export function NewKeyDialog({
  open,
  onClose,
  onMade,
}: {
  open: boolean;
  onClose: () => void;
  onMade: (key: NewKey) => void;
}) {
  const { api } = useApi();
  const make = useSend((body: object) => api.send<NewKey>('POST', '/v1/api-keys', { body }), ['/v1/api-keys']);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({ name: form.get('name'), scopes: form.getAll('scope') }, { onSuccess: onMade });
  };
  return (
    <Dialog open={open} onClose={onClose} title="New API key" description="It can do what is ticked, and nothing more.">
      <form className="form" onSubmit={submit}>
        {make.error && make.error.details.length === 0 && <Notice tone="bad">{make.error.message}</Notice>}
        <TextField
          label="Name"
          name="name"
          placeholder="Production server"
          maxLength={200}
          required
          error={make.error?.of('name')}
        />
        <fieldset className="form">
          <legend className="visually-hidden">What it may do</legend>
          {SCOPES.map(([scope, does, usual]) => (
            <CheckBox
              key={scope}
              name="scope"
              value={scope}
              defaultChecked={usual}
              label={<code>{scope}</code>}
              hint={does}
            />
          ))}
        </fieldset>
        {make.error?.of('scopes') && (
          <p className="note bad" role="alert">
            {make.error.of('scopes')}
          </p>
        )}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={make.isPending}>
            Make the key
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
