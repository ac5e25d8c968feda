import { type FormEvent, useState } from 'react';
import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import { useSession } from '../session/session';
import { useSignInMethods } from '../session/sign-in-methods';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Secret } from '../ui/code';
import { ConfirmButton } from '../ui/dialog';
import { TextField } from '../ui/field';
import { Badge, Notice } from '../ui/states';
import { tell } from '../ui/toast';

interface Started {
  readonly secret: string;
  readonly otpauth_url: string;
}

/** Time-based one-time passwords (RFC 6238). */
export function SecondFactorCard({ enabled }: { enabled: boolean }) {
  const { api } = useApi();
  const { reload } = useSession();
  const methods = useSignInMethods();
  const [started, setStarted] = useState<Started>();
  const start = useSend(() => api.send<Started>('POST', '/v1/auth/totp'));
  const confirm = useSend((code: string) => api.send('POST', '/v1/auth/totp/confirm', { body: { code } }));
  const stop = useSend(() => api.send('DELETE', '/v1/auth/totp'));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.mutate(String(new FormData(event.currentTarget).get('code')).replaceAll(' ', ''), {
      onSuccess: () => {
        setStarted(undefined);
        tell('The second factor is on');
        void reload();
      },
    });
  };
  return (
    <Card
      title={<>Second factor {enabled && <Badge tone="good">on</Badge>}</>}
      description="A code of an authenticator app, asked for at sign-in."
    >
      {start.error && <Notice tone="bad">{start.error.message}</Notice>}
      {enabled && (
        <div>
          <ConfirmButton
            label="Turn it off"
            title="Turn the second factor off?"
            confirm="Turn it off"
            description="Your password alone then opens the account."
            run={() => stop.mutateAsync().then(reload)}
          />
        </div>
      )}
      {!enabled && methods?.second_factor === false && (
        <Notice tone="info">This installation keeps no second factors: its operator has not set SECRETS_KEY.</Notice>
      )}
      {!enabled && !started && methods?.second_factor !== false && (
        <div>
          <Button
            icon="shield"
            busy={start.isPending}
            onClick={() => start.mutate(undefined, { onSuccess: setStarted })}
          >
            Set it up
          </Button>
        </div>
      )}
      {started && (
        <form className="form" onSubmit={submit}>
          <p>
            Type this into your authenticator, or{' '}
            <a className="link" href={started.otpauth_url}>
              open it there
            </a>
            , then enter the code that it shows.
          </p>
          <Secret label="Setup key" value={started.secret} />
          <TextField
            label="Code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,8}"
            required
            error={confirm.error?.message}
          />
          <div className="form-end">
            <Button onClick={() => setStarted(undefined)}>Cancel</Button>
            <Button type="submit" look="primary" busy={confirm.isPending}>
              Turn it on
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
}
