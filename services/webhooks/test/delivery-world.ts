import { inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, GuardedHttpClient, migrateDatabase, SecretBox } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { DeliveryWorker, type DeliveryWorkerOptions } from '../src/delivery/delivery-worker.loop';
import { AttemptRecords, insertDelivery, type AttemptRecord, type NewDelivery } from '../src/delivery/delivery.store';
import type { AttemptResult } from '../src/delivery/retry-schedule';
import { DeliveriesDue } from '../src/delivery/due';
import { EndpointNotices } from '../src/endpoints/endpoint-notices.store';
import { EndpointStore } from '../src/endpoints/endpoint.store';
import { WEBHOOKS_MIGRATIONS } from '../src/migrations/all';
import { SecretStore } from '../src/secrets/secret.store';
import { SigningSecretStore } from '../src/secrets/signing-secret.store';

/** Deliveries in a database of their own, on a clock that the test moves. */
export class DeliveryWorld {
  aheadMs = 0;
  readonly clock = (now: Date) => new Date(now.getTime() + this.aheadMs);
  readonly logger = createLogger('webhooks', 'silent');
  private http!: GuardedHttpClient;
  private url = '';
  private database!: Database;
  private made = 0;

  async begin(): Promise<Database> {
    this.url = await (await postgres()).createDatabase('webhooks');
    await migrateDatabase({ url: this.url, migrations: WEBHOOKS_MIGRATIONS, logger: this.logger });
    this.http = new GuardedHttpClient({ allowCidrs: ['127.0.0.1/32'] });
    this.made = 0;
    this.aheadMs = 0;
    this.database = this.open();
    return this.database;
  }

  async end(): Promise<void> {
    await this.http.stop();
    await this.database.end();
  }

  /** As another process would have it. */
  open(): Database {
    return openDatabase({ url: this.url, poolSize: 8, applicationName: 'spec' }, () => undefined);
  }

  readonly make = async (
    { body = 'body', ...changes }: Partial<NewDelivery> & { body?: string } = {},
    beforeCommit = async () => {},
  ): Promise<NewDelivery> => {
    this.made += 1;
    const id = String(this.made).padStart(5, '0');
    const delivery: NewDelivery = {
      deliveryId: `dlv_${id}`,
      eventId: `evt_${id}`,
      jobId: `job_${id}`,
      accountId: 'acc_1',
      environment: 'live',
      event: 'video.completed',
      jobVersion: 5n,
      url: 'https://a.example/',
      copy: 1,
      traceparent: '',
      ...changes,
    };
    const seq = this.made;
    await inTransaction(this.database, async (tx, now) => {
      await tx.query({
        name: 'spec_event',
        text: `insert into feed_event (account_id, environment, seq, event_id, event, job_id, job_version, recorded_at, traceparent, body)
               values ($1, 'live', $2, $3, $4, $5, $6, $7, '', $8)`,
        values: [
          delivery.accountId,
          seq,
          delivery.eventId,
          delivery.event,
          delivery.jobId,
          delivery.jobVersion,
          now,
          Buffer.from(body),
        ],
      });
      await insertDelivery(tx, this.clock(now), delivery);
      await beforeCommit();
    });
    return delivery;
  };

  record(record: AttemptRecord, own = this.database): Promise<AttemptResult | undefined> {
    return new AttemptRecords(own, this.clock).record(record);
  }

  worker(own: Database, changes: Partial<DeliveryWorkerOptions> = {}): DeliveryWorker {
    const box = new SecretBox(Buffer.alloc(32, 7));
    return new DeliveryWorker({
      database: own,
      http: this.http,
      clock: this.clock,
      logger: this.logger,
      secrets: new SigningSecretStore(own, box, new SecretStore(own, box)),
      timeoutMs: 5_000,
      slots: 10,
      limits: { leaseMs: 30_000, inFlightPerDestination: 4, inFlightPerAccount: 6, atOncePerAccount: 6, reserved: 0 },
      lookSoon: () => undefined,
      endpoints: new EndpointStore(own, box),
      notices: new EndpointNotices(own, this.clock, new DeliveriesDue()),
      ...changes,
    });
  }
}
