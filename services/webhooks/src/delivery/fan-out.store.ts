import { newId, type Transaction } from '@usvideo/event-store';
import { isolationKey } from './destination';
import { insertDelivery, type NewDelivery } from './delivery.store';

/** An event whose body is stored; without a job where it concerns none. */
export interface DeliverableEvent extends Omit<NewDelivery, 'copy' | 'deliveryId' | 'endpointId' | 'url'> {
  /** The job's own URL, where it hears of this. */
  readonly url?: string | undefined;
  readonly copies?: number;
}

interface EndpointRow {
  endpoint_id: string;
  url: string;
}

const LISTENING =
  'select endpoint_id, url from endpoint where account_id = $1 and environment = $2 and enabled and $3 = any (events)';

/** One delivery for each endpoint that asks for the event and for the job's own URL, unless that is the URL of such an endpoint. */
export async function deliverEvent(tx: Transaction, now: Date, event: DeliverableEvent): Promise<void> {
  const { rows } = await tx.query<EndpointRow>({
    name: 'endpoint_listening',
    text: LISTENING,
    values: [event.accountId, event.environment, event.event],
  });
  const targets: { url: string; endpointId: string | undefined }[] = rows.map((row) => ({
    url: row.url,
    endpointId: row.endpoint_id,
  }));
  const { url } = event;
  if (url !== undefined && url !== '' && !targets.some((target) => target.url === url))
    targets.push({ url, endpointId: undefined });
  // Destinations are locked in one order, so that two events of an account never wait for each other.
  targets.sort((a, b) => (isolationKey('', a.url) < isolationKey('', b.url) ? -1 : 1));
  for (const target of targets) await deliverTo(tx, now, event, target);
}

export async function deliverTo(
  tx: Transaction,
  now: Date,
  event: DeliverableEvent,
  { url, endpointId }: { url: string; endpointId: string | undefined },
): Promise<string> {
  let first = '';
  for (let copy = 1; copy <= (event.copies ?? 1); copy++) {
    const deliveryId = newId('dlv', now.getTime());
    await insertDelivery(tx, now, { ...event, deliveryId, url, copy, endpointId });
    first ||= deliveryId;
  }
  return first;
}
