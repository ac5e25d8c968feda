import { EventLog, inTransaction, type LogReader, mintEpoch, shardOf } from '@usvideo/event-store';
import { eventually } from '@usvideo/testing';
import { pino } from 'pino';
import { eventsSetAside, type AuditedConsumer, startDeliveryAudit, unheardEvents } from '../delivery-audit';
import { ACCOUNT, ELSEWHERE, TOPIC, type World } from './world.fixture';
import { deliveryAuditDifferences } from '../metrics';

const HOUR_MS = 60 * 60_000;
/** Events of this moment are due. */
const AN_HOUR_LATER = -HOUR_MS;

export function deliveryAuditConformance(world: () => World): void {
  /** As an administrator of the database can, beside all that the service allows itself. */
  const meddle = (text: string) =>
    world().publisherDatabase.query(`set session_replication_role = replica; ${text}; reset session_replication_role`);
  const inShard = (account: string) => `${TOPIC}, shard ${shardOf(account)}: consumer `;

  test('nothing while everything is heard, and nothing that is younger than is asked for', async () => {
    const consuming = world().consume({ isRelevant: ({ kind }) => kind !== 'noise' });
    await world().append('s', ['1', 'noise', 'noise']);
    await world().did(['s 1']);
    await world().append('t', ['1'], ELSEWHERE);
    await world().did(['s 1', 't 1']);
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual([]);
    await consuming.stop();
    await world().append('s', ['2']);
    expect(await consuming.unheard(HOUR_MS)).toEqual([]);
  });

  test('an event that a consumer has not heard, also in a shard in which it never heard any', async () => {
    const consuming = world().consume();
    await world().append('s', ['1']);
    await world().did(['s 1']);
    await consuming.stop();
    await world().append('s', ['2', '3']);
    await world().append('t', ['1'], ELSEWHERE);
    expect((await consuming.unheard(AN_HOUR_LATER)).map((sentence) => sentence.replace(/ of \d.*/, '')).sort()).toEqual(
      [`${inShard(ACCOUNT)}has not heard event 2`, `${inShard(ELSEWHERE)}has not heard event 1`].sort(),
    );
  });

  test('an undelivered event behind more irrelevant ones than a page holds', async () => {
    const consuming = world().consume({ isRelevant: ({ kind }) => kind !== 'noise' });
    await consuming.stop();
    await world().append(
      's',
      Array.from({ length: 600 }, () => 'noise'),
    );
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual([]);
    await world().append('s', ['2']);
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual([
      expect.stringContaining(`${inShard(ACCOUNT)}has not heard event 601`),
    ]);
  });

  test('an undelivered event of a log that gives fewer events than it is asked for', async () => {
    const consuming = world().consume();
    await consuming.stop();
    await world().append('s', ['noise', 'noise', '3']);
    const log = new EventLog(world().publisherDatabase);
    const sparing: LogReader = { page: (positions) => log.page(positions, 1) };
    const audited: AuditedConsumer = {
      consumer: consuming.consumer,
      topic: TOPIC,
      database: world().consumerDatabase,
      isRelevant: ({ kind }) => kind !== 'noise',
    };
    expect(await unheardEvents(audited, sparing, AN_HOUR_LATER)).toEqual([
      expect.stringContaining(`${inShard(ACCOUNT)}has not heard event 3`),
    ]);
  });

  test('an event that was heard and is gone from the log, or another one since a restore', async () => {
    const consuming = world().consume();
    await world().append('s', ['1', '2']);
    await world().did(['s 1', 's 2']);
    const mark = (await world().watermark())!;
    const gone = [`${inShard(ACCOUNT)}has heard event 2 as ${mark.eventId}, which is not in the log`];
    await meddle(`update event set event_id = 'evt_another' where shard_seq = 2`);
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual(gone);
    await meddle('delete from event where shard_seq = 2');
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual(gone);
    await consuming.stop();
    const epoch = await inTransaction(world().publisherDatabase, (tx) => mintEpoch(tx));
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual([
      `${inShard(ACCOUNT)}has heard the log of epoch ${mark.epoch}, and the log is of epoch ${epoch}`,
    ]);
  });

  test('not an event that was set aside, which has a list and an alarm of its own', async () => {
    const consuming = world().consume();
    await world().append('s', ['poison']);
    await eventually(async () => (await consuming.parked(1)).length === 1, { what: 'a parked event' });
    expect(await consuming.unheard(AN_HOUR_LATER)).toEqual([]);
    const audited: AuditedConsumer = { consumer: consuming.consumer, topic: TOPIC, database: world().consumerDatabase };
    expect(await eventsSetAside(audited)).toEqual([`${inShard(ACCOUNT)}set event 1 of s aside: ParkEvent: poison`]);
  });

  test('and its gauge is the alarm, until the event is heard', async () => {
    const gauge = async () =>
      (await deliveryAuditDifferences.get()).values.find(
        ({ labels }) => labels.consumer === 'consumer' && labels.topic === TOPIC,
      )?.value;
    const look = async (expected: number) => {
      deliveryAuditDifferences.reset();
      const audit = startDeliveryAudit(consuming, pino({ level: 'silent' }), HOUR_MS, 0);
      await eventually(async () => (await gauge()) === expected, { what: `a gauge of ${expected}` });
      await audit.stop();
    };
    const consuming = world().consume();
    await world().append('s', ['1']);
    await world().did(['s 1']);
    await look(0);
    await consuming.stop();
    await world().append('s', ['2']);
    await meddle(`update event set recorded_at = recorded_at - interval '1 hour' where shard_seq = 2`);
    await look(1);
    world().consume();
    await world().did(['s 1', 's 2']);
    await look(0);
  });
}
