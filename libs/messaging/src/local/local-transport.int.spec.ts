import { EventLog, type Database, type RestorableLog } from '@usvideo/event-store';
import { pino } from 'pino';
import { eventually } from '@usvideo/testing';
import { LocalTransport } from './local-transport';
import { transportConformance } from '../conformance/transport.conformance';
import { ELSEWHERE, TOPIC, World, type Faults, type TransportHarness } from '../conformance/world.fixture';

function distorted(log: RestorableLog, distort: Faults['deliver']): RestorableLog {
  return {
    endOf: (epoch, shard) => log.endOf(epoch, shard),
    page: async (positions, limit) => {
      const { epoch, events, more } = await log.page(positions, limit);
      return {
        epoch,
        more,
        events: [...positions.keys()].flatMap((shard) => distort(events.filter((event) => event.shard === shard))),
      };
    },
  };
}

const harness: TransportHarness = {
  name: 'local',
  open: async (faults, logger) => {
    const openLog = (database: Database) => ({
      arrivals: distorted(new EventLog(database), (events) => faults.deliver(events)),
      history: distorted(new EventLog(database), (events) => faults.history(events)),
    });
    return { transport: new LocalTransport({ logger, openLog }), stop: async () => undefined };
  },
};

transportConformance(harness);

describe('reading in process', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open(harness);
  });
  afterEach(() => world.close());

  test('a poll is one statement for all shards', async () => {
    const query = jest.spyOn(world.publisherDatabase, 'query');
    let polls = 0;
    world.faults.deliver = (events) => {
      polls += 1;
      return events;
    };
    const consuming = world.consume();
    await eventually(() => polls >= 2 * 16, { what: 'two polls of 16 shards' });
    await consuming.stop();
    expect(query).toHaveBeenCalledTimes(polls / 16);
  });

  test('a topic whose publisher has yet to start, or was stopped, is waited for', async () => {
    await world.publisher.stop();
    world.consume();
    await world.append('s', ['1']);
    world.publisher = world.transport.publish({ topic: TOPIC, database: world.publisherDatabase });
    await world.did(['s 1']);
    await world.append('t', ['1'], ELSEWHERE);
    await world.did(['s 1', 't 1']);
  });

  test('a restore shows before a new event comes', async () => {
    const consuming = world.consume();
    const backup = await world.backUp();
    await world.append('s', ['1']);
    await world.did(['s 1']);
    await world.restore(backup);
    const halted = await eventually(() => consuming.halts()[0], { what: 'a halt' });
    expect(halted.reason).toContain('new_epoch');
  });

  test('a topic has one publisher', () => {
    expect(() => world.transport.publish({ topic: TOPIC, database: world.publisherDatabase })).toThrow(
      `${TOPIC} has a publisher already`,
    );
  });

  test("a publisher's database that is away for a moment costs no event", async () => {
    const errors: unknown[] = [];
    const transport = new LocalTransport({
      logger: pino({ level: 'warn' }, { write: (line: string) => errors.push(JSON.parse(line).msg) }),
    });
    const broken = {
      query: async () => {
        throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
      },
    } as unknown as Database;
    const away = transport.publish({ topic: TOPIC, database: broken });
    const consuming = transport.subscribe(world.subscription());
    await eventually(() => errors.includes('events could not be read'), { what: 'the failure is logged' });
    await away.stop();
    await world.append('s', ['1']);
    transport.publish({ topic: TOPIC, database: world.publisherDatabase });
    await world.did(['s 1']);
    await consuming.stop();
  });
});
