import { currentTraceparent } from '@usvideo/runtime';
import { eventually, Signal } from '@usvideo/testing';
import { ACCOUNT, ELSEWHERE, recordEffect, type World } from './world.fixture';

export function deliveryConformance(world: () => World): void {
  test('what was recorded before and after subscribing, in order of each shard', async () => {
    await world().append('s', ['1', '2']);
    await world().append('t', ['1']);
    world().consume();
    await world().did(['s 1', 's 2', 't 1']);
    await world().append('s', ['3']);
    await world().append('t', ['2']);
    await world().did(['s 1', 's 2', 't 1', 's 3', 't 2']);
  });

  test('the event as it was recorded', async () => {
    const received = new Signal<unknown>('received');
    world().consume({ handle: async (event) => received.emit(event) });
    await world().append('s', ['1']);
    const [recorded] = (
      await world()
        .log()
        .page(new Map(Array.from({ length: 16 }, (_, shard) => [shard, 0n])), 1)
    ).events;
    const { payload, ...fields } = (await received.wait()) as NonNullable<typeof recorded>;
    const { payload: recordedPayload, ...recordedFields } = recorded!;
    expect(fields).toEqual(recordedFields);
    expect(Buffer.from(payload)).toEqual(Buffer.from(recordedPayload));
  });

  test('effects and watermark together, and tells it after the commit', async () => {
    const seen = new Signal<Promise<string[]>>('handled');
    world().consume({ onHandled: () => seen.emit(world().effects()) });
    await world().append('s', ['1', '2']);
    expect(await await seen.wait()).toEqual(['s 1', 's 2']);
    expect(await world().watermark()).toMatchObject({ seq: 2n, epoch: await world().log().epoch() });
  });

  test('from the watermark on after a restart, not from the beginning and not from the end', async () => {
    await world().append('s', ['1']);
    const first = world().consume();
    await world().did(['s 1']);
    await first.stop();
    await world().append('s', ['2', '3']);
    world().consume();
    await world().did(['s 1', 's 2', 's 3']);
  });

  test('everything to each consumer of a topic', async () => {
    await world().append('s', ['1', 'poison', '2']);
    world().consume({ consumer: 'strict' });
    world().consume({
      consumer: 'lenient',
      handle: (event, tx) => recordEffect('lenient', { ...event, kind: `${event.kind}!` }, tx),
    });
    await world().did(['s 1'], 'strict');
    await world().did(['s 1!', 's poison!', 's 2!'], 'lenient');
  });

  test('each event once where one consumer runs in two processes', async () => {
    world().consume();
    world().consume();
    const kinds = Array.from({ length: 40 }, (_, index) => String(index));
    for (const kind of kinds) await world().append('s', [kind]);
    await world().did(kinds.map((kind) => `s ${kind}`));
  });

  test('in batches no larger than asked for', async () => {
    await world().append(
      's',
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
    world().consume({ batchMax: 3 });
    await eventually(async () => (await world().effects()).length === 10, { what: 'ten effects' });
    const { rows } = await world().consumerDatabase.query<{ events: bigint }>(
      'select count(*) as events from effect group by xid order by min(id)',
    );
    expect(rows.map(({ events }) => events)).toEqual([3n, 3n, 3n, 1n]);
  });

  test('nothing that is not relevant, and lets it pass in company', async () => {
    await world().append('s', ['1', 'noise', 'noise', 'noise', '2', 'noise', 'noise']);
    const handled: string[] = [];
    const connect = jest.spyOn(world().consumerDatabase, 'connect');
    world().consume({
      batchMax: 1,
      isRelevant: ({ kind }) => kind !== 'noise',
      handle: async (event, tx) => {
        handled.push(event.kind);
        await recordEffect('consumer', event, tx);
      },
    });
    await eventually(async () => (await world().watermark())?.seq === 7n, { what: 'the watermark passed everything' });
    expect(handled).toEqual(['1', '2']);
    // A query of the pool connects with a callback, a transaction without.
    expect(connect.mock.calls.filter((args: unknown[]) => args.length === 0)).toHaveLength(2);
  });

  test('inside the trace of the operation that recorded the event', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const heard = new Signal<string>('heard');
    world().consume({ handle: async () => heard.emit(currentTraceparent()) });
    await world().append('s', ['1'], ACCOUNT, traceparent);
    expect((await heard.wait()).split('-')[1]).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  test('nothing after stop, which waits for the batch under way and can be called twice', async () => {
    const begun = new Signal('begun');
    const go = new Signal('go');
    const consuming = world().consume({
      batchMax: 1,
      handle: async (event, tx) => {
        begun.emit();
        await go.wait();
        await recordEffect('consumer', event, tx);
      },
    });
    await world().append('s', ['1', '2', '3']);
    await begun.wait();
    const stopped = Promise.all([consuming.stop(), consuming.stop()]);
    go.emit();
    await stopped;
    expect(await world().effects()).toEqual(['s 1']);
    world().consume({ consumer: 'witness' });
    await world().append('t', ['1'], ELSEWHERE);
    await eventually(async () => (await world().effects('witness')).length === 4, { what: 'a witness saw everything' });
    expect(await world().effects()).toEqual(['s 1']);
  });
}
