import { parkedEvents } from '@usvideo/event-store';
import { eventually } from '@usvideo/testing';
import type { Consuming } from '../transport';
import type { Restored, Subscription } from '../subscription';
import { ELSEWHERE, TOPIC, type World } from './world.fixture';

export function restoreConformance(world: () => World): void {
  const halted = (consuming: Consuming) =>
    eventually(() => consuming.halts()[0], { what: 'a halt', deadlineMs: 30_000 });
  const goesOn = (consuming: Consuming) => eventually(() => consuming.halts().length === 0, { what: 'no halt' });
  const told = async (consuming: Consuming) =>
    (await consuming.restored()).map(({ heard, shared }) => ({ heard: heard.seq, shared: shared?.seq }));

  /** The events 2 and 3 are heard and lost. */
  async function loseTwo(
    changes: Partial<Subscription> = {},
    kinds: readonly string[] = ['2', '3'],
  ): Promise<Consuming> {
    const consuming = world().consume(changes);
    await world().append('t', ['1'], ELSEWHERE);
    await world().append('s', ['1']);
    await eventually(async () => (await world().watermark())?.seq === 1n, { what: 'the first event heard' });
    const backup = await world().backUp();
    await world().append('s', kinds);
    await eventually(async () => (await world().watermark())?.seq === 3n, { what: 'three events heard' });
    await world().restore(backup);
    return consuming;
  }

  test('by itself where the log has everything that was heard', async () => {
    const consuming = world().consume();
    await world().append('s', ['1', '2']);
    await world().did(['s 1', 's 2']);
    await world().restore(await world().backUp());
    await world().append('s', ['3']);
    await world().did(['s 1', 's 2', 's 3']);
    expect([await world().watermark(), consuming.halts()]).toMatchObject([
      { seq: 3n, epoch: await world().log().epoch() },
      [],
    ]);
  });

  test('not before somebody adopts a log that lacks what was heard, and then behind the last shared event; other shards do not wait', async () => {
    const consuming = await loseTwo();
    await world().append('s', ['2 again']);
    await world().append('t', ['2'], ELSEWHERE);
    expect((await halted(consuming)).reason).toMatch(/new_epoch .* heard up to 3 .* no more than 1; 2 events are lost/);
    await eventually(async () => (await world().watermark(ELSEWHERE))?.seq === 2n, {
      what: 'the other shard',
      deadlineMs: 30_000,
    });
    expect([await told(consuming), await world().watermark()]).toMatchObject([
      [{ heard: 3n, shared: 1n }],
      { seq: 3n },
    ]);
    expect(await consuming.adopt()).toHaveLength(1);
    await eventually(async () => (await world().effects()).includes('s 2 again'), { what: 'the new second event' });
    expect((await world().effects()).filter((effect) => effect.startsWith('s'))).toEqual([
      's 1',
      's 2',
      's 3',
      's 2 again',
    ]);
    await goesOn(consuming);
    expect([await told(consuming), await consuming.adopt()]).toEqual([[], []]);
  });

  test('with what its consumer does about the lost events, in the transaction that adopts', async () => {
    let fail = true;
    const reconcile: Restored['reconcile'] = async (tx, _, sharedSeq) => {
      await tx.query(
        `insert into effect (consumer, stream_id, kind) values ('consumer', 'undone behind', '${sharedSeq}')`,
      );
      if (fail) throw new Error('the machine fails');
    };
    const consuming = await loseTwo({ restored: { hearsAgain: false, reconcile } });
    await halted(consuming);
    await expect(consuming.adopt()).rejects.toThrow('the machine fails');
    expect([await told(consuming), (await world().effects()).at(-1)]).toMatchObject([
      expect.arrayContaining([{ heard: 3n, shared: 1n }]),
      's 3',
    ]);
    fail = false;
    await consuming.adopt();
    expect([await told(consuming), (await world().effects()).slice(-2)]).toEqual([
      [],
      ['undone behind 1', 'undone behind 1'],
    ]);
  });

  test('a consumer that mirrors hears the whole log again', async () => {
    const consuming = await loseTwo({ restored: { hearsAgain: true, reconcile: async () => undefined } });
    await world().append('s', ['2 again']);
    await halted(consuming);
    await consuming.adopt();
    await eventually(async () => (await world().effects()).includes('s 2 again'), { what: 'the new second event' });
    expect((await world().effects()).filter((effect) => effect.startsWith('s'))).toEqual([
      's 1',
      's 2',
      's 3',
      's 1',
      's 2 again',
    ]);
  });

  test('without events set aside that are in no log any more', async () => {
    const consuming = await loseTwo({}, ['poison', '3']);
    await halted(consuming);
    await consuming.adopt();
    expect(await parkedEvents(world().consumerDatabase, { consumer: 'consumer', topic: TOPIC }, undefined, 10)).toEqual(
      [],
    );
    await world().append('s', ['2 again']);
    await eventually(async () => (await world().effects()).includes('s 2 again'), { what: 'the stream goes on' });
  });

  test('after two restores in a row, the second of an older backup than the first', async () => {
    const consuming = world().consume();
    await world().append('s', ['1']);
    await world().did(['s 1']);
    const older = await world().backUp();
    await world().append('s', ['2']);
    await world().did(['s 1', 's 2']);
    await world().restore(await world().backUp());
    await world().append('s', ['3']);
    await world().did(['s 1', 's 2', 's 3']);
    await world().restore(older);
    await halted(consuming);
    expect(await told(consuming)).toEqual([{ heard: 3n, shared: 1n }]);
    await consuming.adopt();
    await world().append('s', ['2 again']);
    await world().did(['s 1', 's 2', 's 3', 's 2 again']);
  });

  test('not at all where the service wrote before its epoch was minted: nothing is known to be shared', async () => {
    const consuming = world().consume();
    await world().append('s', ['1']);
    await world().did(['s 1']);
    const backup = await world().backUp();
    await world().append('s', ['2']);
    await world().did(['s 1', 's 2']);
    await world().bringBack(backup);
    await world().append('s', ['other 2']);
    await world().restore(await world().backUp());
    expect((await halted(consuming)).reason).toContain('no event that is known to be shared');
    expect([await consuming.adopt(), await world().effects()]).toEqual([[], ['s 1', 's 2']]);
  });
}
