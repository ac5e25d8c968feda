import { useApi } from '../api/context';
import { useSend } from '../api/queries';
import type { Delivery } from '../api/types';
import { Button } from '../ui/button';
import { tell } from '../ui/toast';

/** Once more, under the same event id, so that whoever had it the first time drops it. A delivery that is still tried is not sent twice. */
export function ResendButton({ delivery, onSent }: { delivery: Delivery; onSent?: () => void }) {
  const { api } = useApi();
  const again = useSend(
    () => api.send('POST', `/v1/webhooks/deliveries/${delivery.id}/redeliver`),
    ['/v1/webhooks/deliveries'],
  );
  if (delivery.status === 'pending') return <span className="note">Still being sent</span>;
  const done = () => {
    tell('Sent again', delivery.url);
    onSent?.();
  };
  return (
    <Button
      small
      icon="refresh"
      busy={again.isPending}
      onClick={() =>
        again.mutate(undefined, { onSuccess: done, onError: (error) => tell('It was not sent again', error.message) })
      }
    >
      Resend
    </Button>
  );
}
