import { Inject, Injectable } from '@nestjs/common';
import { inTransaction, newId, type Database, type Transaction } from '@usvideo/event-store';
import { currentTraceparent } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import type { Clock } from '../delivery/delivery.store';
import { DeliveriesDue } from '../delivery/due';
import { deliverEvent, deliverTo } from '../delivery/fan-out.store';
import { CLOCK } from '../delivery/tokens';
import { recordOwnEvent } from '../feed/feed.store';
import { ownBody } from '../feed/public-event';
import { disableEndpoint, type DisabledReason, type Owner } from './endpoint.store';

/** Events that webhooks itself makes: an endpoint was disabled, or is tried. */
@Injectable()
export class EndpointNotices {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly due: DeliveriesDue,
  ) {}

  /** Disables an endpoint and tells the account's other endpoints that ask, and the feed. */
  async disable(endpointId: string, reason: DisabledReason): Promise<void> {
    await inTransaction(this.database, async (tx, databaseNow) => {
      const disabled = await disableEndpoint(tx, endpointId, reason);
      if (disabled === undefined) return;
      const data = { endpoint_id: endpointId, url: disabled.url, reason, disabled_at: databaseNow };
      await deliverEvent(
        tx,
        this.clock(databaseNow),
        await this.record(tx, disabled, 'webhook.disabled', data, databaseNow),
      );
    });
    this.due.now();
  }

  async test(
    owner: Owner,
    endpoint: { endpointId: string; url: string },
  ): Promise<{ deliveryId: string; eventId: string }> {
    const sent = await inTransaction(this.database, async (tx, databaseNow) => {
      const event = await this.record(
        tx,
        owner,
        'webhook.test',
        { endpoint_id: endpoint.endpointId, message: 'This is a test.' },
        databaseNow,
      );
      return { deliveryId: await deliverTo(tx, this.clock(databaseNow), event, endpoint), eventId: event.eventId };
    });
    this.due.now();
    return sent;
  }

  private async record(
    tx: Transaction,
    { accountId, environment }: Owner,
    name: string,
    data: object,
    recordedAt: Date,
  ) {
    const event = {
      accountId,
      environment,
      event: name,
      eventId: newId('evt', recordedAt.getTime()),
      recordedAt,
      traceparent: currentTraceparent(),
    };
    await recordOwnEvent(tx, { ...event, body: ownBody(event, data) });
    return { ...event, jobId: '', jobVersion: 0n };
  }
}
