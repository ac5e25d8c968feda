import { EventLog, type Database } from '@usvideo/event-store';
import { concernsLedger } from '@usvideo/ledger';
import { eventsSetAside, unheardEvents } from '@usvideo/messaging';
import { changesJobs } from '@usvideo/scheduler';
import { concernsCustomers, makesSecrets, tellsOfBalance } from '@usvideo/webhooks';

/** Who hears which service's events, and which of them matter to it. */
const HEARERS = [
  { consumer: 'ledger', topic: 'usvideo.jobs.v1', publisher: 'scheduler', isRelevant: concernsLedger },
  { consumer: 'webhooks', topic: 'usvideo.jobs.v1', publisher: 'scheduler', isRelevant: concernsCustomers },
  { consumer: 'webhooks', topic: 'usvideo.ledger.v1', publisher: 'ledger', isRelevant: tellsOfBalance },
  { consumer: 'webhooks', topic: 'usvideo.accounts.v1', publisher: 'accounts', isRelevant: makesSecrets },
  { consumer: 'scheduler', topic: 'usvideo.accounts.v1', publisher: 'accounts' },
  { consumer: 'scheduler', topic: 'usvideo.ledger.v1', publisher: 'ledger', isRelevant: changesJobs },
] as const;

export type ServiceWithEvents = (typeof HEARERS)[number]['consumer' | 'publisher'];

/** Events that a service owes another or has set aside, in every pair of publisher and consumer. */
export async function unheardAnywhere(
  databases: Readonly<Record<ServiceWithEvents, Database>>,
  graceMs: number,
): Promise<string[]> {
  const found: string[] = [];
  for (const { publisher, ...hearer } of HEARERS) {
    const own = { ...hearer, database: databases[hearer.consumer] };
    found.push(
      ...(await unheardEvents(own, new EventLog(databases[publisher]), graceMs)),
      ...(await eventsSetAside(own)),
    );
  }
  return found;
}
