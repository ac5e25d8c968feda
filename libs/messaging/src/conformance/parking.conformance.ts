import { parkedEvents, type ParkedEvent } from '@usvideo/event-store';
import { eventually } from '@usvideo/testing';
import { ParkEvent } from '../deterministic';
import { replayParked } from '../replay';
import { recordEffect, TOPIC, type World } from './world.fixture';
import { consumerParked } from '../metrics';

export function parkingConformance(world: () => World): void {
  const parked = (): Promise<ParkedEvent[]> =>
    parkedEvents(world().consumerDatabase, { consumer: 'consumer', topic: TOPIC }, undefined, 10);
  const reasons = async () => (await parked()).map(({ streamId, kind, reason }) => `${streamId} ${kind}: ${reason}`);

  test('a deterministic failure and what follows it in its stream; other streams of the shard go on', async () => {
    world().consume();
    await world().append('s', ['1', 'poison', '2']);
    await world().append('t', ['1']);
    await world().did(['s 1', 't 1']);
    await world().append('s', ['3']);
    await world().append('t', ['2']);
    await world().did(['s 1', 't 1', 't 2']);
    expect(await reasons()).toEqual([
      's poison: ParkEvent: poison',
      's 2: behind a parked event of its stream',
      's 3: behind a parked event of its stream',
    ]);
    expect(await world().watermark()).toMatchObject({ seq: 6n });
  });

  test('what the database refuses for good', async () => {
    await world().consumerDatabase.query(`alter table effect add check (kind <> 'forbidden')`);
    world().consume();
    await world().append('s', ['forbidden']);
    await world().append('t', ['1']);
    await world().did(['t 1']);
    expect(await reasons()).toEqual([
      expect.stringContaining('s forbidden: error: new row for relation "effect" violates check constraint'),
    ]);
  });

  test('across a restart', async () => {
    const first = world().consume();
    await world().append('s', ['poison']);
    await eventually(async () => (await parked()).length === 1, { what: 'a parked event' });
    await first.stop();
    await world().append('s', ['2']);
    await world().append('t', ['1']);
    world().consume();
    await world().did(['t 1']);
    expect(await reasons()).toHaveLength(2);
  });

  test('until they are replayed, in order, and follows up with what comes next', async () => {
    world().consume();
    await world().append('s', ['poison', '2', '3']);
    await world().append('u', ['poison']);
    await eventually(async () => (await parked()).length === 4, { what: 'four parked events' });
    const cured = world().subscription({
      handle: async (event, tx) => {
        if (event.streamId === 'u') return recordEffect('consumer', event, tx);
        await recordEffect('consumer', { ...event, kind: event.kind.replace('poison', 'cured') }, tx);
      },
    });
    expect(await replayParked(cured, world().log())).toEqual({ replayed: 3, stillParked: ['u'] });
    expect(await reasons()).toEqual(['u poison: ParkEvent: poison']);
    await world().append('s', ['4']);
    await world().did(['s cured', 's 2', 's 3', 's 4']);
  });

  test('until its consumer is told to replay them, and its gauge follows', async () => {
    let isCured = false;
    const consuming = world().consume({
      handle: (event, tx) => {
        if (!isCured) throw new ParkEvent('not yet');
        return recordEffect('consumer', event, tx);
      },
    });
    const gauge = async () =>
      (await consumerParked.get()).values.find(({ labels }) => labels.consumer === 'consumer')?.value;
    await world().append('s', ['1', '2']);
    await world().append('t', ['1']);
    await eventually(async () => (await gauge()) === 3, { what: 'three parked events' });
    expect((await consuming.parked(2)).map(({ streamId, kind }) => `${streamId} ${kind}`)).toEqual(['s 1', 's 2']);
    expect(await consuming.replay('t')).toEqual({ replayed: 0, stillParked: ['t'] });
    isCured = true;
    expect(await consuming.replay('t')).toEqual({ replayed: 1, stillParked: [] });
    expect(await consuming.replay()).toEqual({ replayed: 2, stillParked: [] });
    expect([await world().effects(), await gauge()]).toEqual([['t 1', 's 1', 's 2'], 0]);
  });

  test('one stream can be replayed by itself', async () => {
    world().consume();
    await world().append('s', ['poison']);
    await world().append('u', ['poison']);
    await eventually(async () => (await parked()).length === 2, { what: 'two parked events' });
    const cured = world().subscription({
      handle: (event, tx) => recordEffect('consumer', { ...event, kind: 'cured' }, tx),
    });
    expect(await replayParked(cured, world().log(), 'u')).toEqual({ replayed: 1, stillParked: [] });
    expect(await reasons()).toEqual(['s poison: ParkEvent: poison']);
  });
}
