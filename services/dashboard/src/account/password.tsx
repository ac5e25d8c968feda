import type { FormEvent } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import { NEW_PASSWORD } from '../session/password-rule';
import { useSession } from '../session/session';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { PasswordField } from '../ui/field';
import { Notice } from '../ui/states';
import { tell } from '../ui/toast';

export function PasswordCard() {
  const { api } = useApi();
  const { reload } = useSession();
  const change = useSend((body: object) => api.send('POST', '/v1/auth/password', { body }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    change.mutate(
      { current_password: given.get('current'), new_password: given.get('new') },
      {
        onSuccess: () => {
          form.reset();
          tell('The password is changed', 'Your other sessions have ended.');
          void reload();
        },
      },
    );
  };
  return (
    <Card title="Password" description="Changing it ends all other sessions.">
      <form className="form" onSubmit={submit}>
        {change.error && change.error.details.length === 0 && <Notice tone="bad">{change.error.message}</Notice>}
        <PasswordField
          label="Current password"
          name="current"
          autoComplete="current-password"
          required
          error={change.error?.of('current_password')}
        />
        <PasswordField
          label="New password"
          name="new"
          {...NEW_PASSWORD}
          required
          error={change.error?.of('new_password')}
        />
        <div className="form-end">
          <Button type="submit" busy={change.isPending}>
            Change it
          </Button>
        </div>
      </form>
    </Card>
  );
}
