import { parkedEvents } from '@usvideo/event-store';
import { eventually, Signal, TcpProxy } from '@usvideo/testing';
import { ELSEWHERE, recordEffect, TOPIC, type World } from './world.fixture';

export function failureConformance(world: () => World): void {
  test('messages that come twice', async () => {
    world().faults.deliver = (events) => [...events.flatMap((event) => [event, event]), ...events];
    world().consume();
    await world().append('s', ['1', '2', '3']);
    await world().did(['s 1', 's 2', 's 3']);
    await world().append('s', ['4']);
    await world().did(['s 1', 's 2', 's 3', 's 4']);
  });

  test('messages that come out of order', async () => {
    world().faults.deliver = (events) => [...events].reverse();
    await world().append('s', ['1', '2', '3']);
    world().consume();
    await world().did(['s 1', 's 2', 's 3']);
  });

  test("a lost message: the gap is filled from the publisher's log", async () => {
    world().faults.deliver = (events) => events.filter(({ kind }) => kind !== '2' && kind !== '3');
    await world().append('s', ['1', '2', '3', '4']);
    world().consume();
    await world().did(['s 1', 's 2', 's 3', 's 4']);
  });

  test('a lost message while the publisher is away: the shard waits for it, others go on', async () => {
    const asked = new Signal('the log was asked');
    await world().append('t', ['before'], ELSEWHERE);
    world().consume();
    await world().did(['t before']);
    world().faults.deliver = (events) => events.filter(({ kind }) => kind !== '1');
    world().faults.history = () => {
      asked.emit();
      throw new Error('14 UNAVAILABLE: the publisher is away');
    };
    await world().append('s', ['1', '2']);
    await asked.wait();
    await world().append('t', ['elsewhere'], ELSEWHERE);
    await world().did(['t before', 't elsewhere']);
    world().faults.history = (events) => events;
    await world().did(['t before', 't elsewhere', 's 1', 's 2']);
  });

  test('a message that nobody has any more: the shard halts and says so, others go on', async () => {
    world().faults.deliver = world().faults.history = (events) => events.filter(({ kind }) => kind !== '2');
    const consuming = world().consume();
    await world().append('s', ['1', '2', '3']);
    const halted = await eventually(() => consuming.halts()[0], { what: 'a halt' });
    expect(halted.reason).toBe('gap at sequence 3, consumed was 1');
    await world().append('t', ['elsewhere'], ELSEWHERE);
    await world().did(['s 1', 't elsewhere']);
    expect(await world().watermark()).toMatchObject({ seq: 1n });
  });

  test('a handler that dies between effect and commit: the effect is there once', async () => {
    let die = true;
    world().consume({
      handle: async (event, tx) => {
        await recordEffect('consumer', event, tx);
        if (!die) return;
        die = false;
        await tx.query('select pg_terminate_backend(pg_backend_pid())');
      },
    });
    await world().append('s', ['1', '2']);
    await world().did(['s 1', 's 2']);
  });

  test('a commit whose answer is lost: the effect is there once', async () => {
    const proxy = await TcpProxy.to(world().consumerUrl);
    let lose = true;
    proxy.onClientData((chunk, line) => {
      if (!lose || !chunk.includes('commit')) return;
      lose = false;
      line.loseAnswer();
    });
    const consuming = world().consume({ database: world().pool(proxy.through(world().consumerUrl)) });
    await world().append('s', ['1', '2']);
    await world().did(['s 1', 's 2']);
    await world().append('s', ['3']);
    await world().did(['s 1', 's 2', 's 3']);
    expect(lose).toBe(false);
    await consuming.stop();
    await proxy.stop();
  });

  test('a machine that fails for a while: tries again, parks nothing, and others go on', async () => {
    let away = true;
    const tried = new Signal('tried');
    world().consume({
      handle: async (event, tx) => {
        if (away && event.streamId === 's') {
          tried.emit();
          throw new Error('14 UNAVAILABLE: connection refused');
        }
        await recordEffect('consumer', event, tx);
      },
    });
    await world().append('s', ['1']);
    await tried.wait();
    await world().append('t', ['elsewhere'], ELSEWHERE);
    await world().did(['t elsewhere']);
    away = false;
    await world().did(['t elsewhere', 's 1']);
    expect(await parkedEvents(world().consumerDatabase, { consumer: 'consumer', topic: TOPIC }, undefined, 10)).toEqual(
      [],
    );
  });
}
