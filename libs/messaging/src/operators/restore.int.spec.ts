import { inTransaction, type LoggedEvent, mintEpoch, openDatabase, shardOf } from '@usvideo/event-store';
import { readConfig } from '@usvideo/runtime';
import { describeKafka, eventually, freePort } from '@usvideo/testing';
import type { KafkaPublisher } from '../kafka/kafka-publisher';
import { messageOf } from '../kafka/kafka-message';
import { type KafkaHarness, openKafkaWorld } from '../kafka/kafka-world.fixture';
import { restoreSchema, runRestore } from './restore';
import { ACCOUNT, TOPIC, type Backup, type World } from '../conformance/world.fixture';

const SHARD = shardOf(ACCOUNT);

describeKafka('the command that follows a restore', (brokers) => {
  let world: World;
  let harness: KafkaHarness;
  let said: string[];
  let published: LoggedEvent[];

  beforeEach(async () => {
    ({ world, harness } = await openKafkaWorld(() => ({ brokers: brokers() }), { tailCheckMs: 300 }));
    said = [];
    const hear = (line: string) => {
      said.push(line);
    };
    jest.spyOn(console, 'log').mockImplementation(hear);
    jest.spyOn(console, 'error').mockImplementation(hear);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await world.close();
  });

  const restore = (args: readonly string[], settings: Record<string, string> = {}) => {
    const environment = {
      DATABASE_URL: world.publisherUrl,
      KAFKA_BROKERS: brokers().join(','),
      KAFKA_NAME_PREFIX: harness.namePrefix,
      ...settings,
    };
    return runRestore({
      service: 'publisher',
      topic: TOPIC,
      readConfig: () => readConfig(restoreSchema, environment),
      args,
    });
  };
  const lastError = () => said.at(-1);

  /** Of three published events, the table has the first. */
  async function loseTwo(): Promise<Backup> {
    await world.append('s', ['1']);
    await relayed(1n);
    const backup = await world.backUp();
    await world.append('s', ['2', '3']);
    await relayed(3n);
    published = await world.log().read(SHARD, 0n, 10);
    await world.bringBack(backup);
    return backup;
  }

  const relayed = (seq: bigint) =>
    eventually(
      async () => {
        const { rows } = await world.publisherDatabase.query<{ last_seq: bigint }>(
          `select last_seq from relay_cursor where shard = ${SHARD}`,
        );
        return rows[0]!.last_seq === seq;
      },
      { what: `published up to ${seq}` },
    );

  test('says what is lost and changes nothing, until it is confirmed; then the relay publishes again', async () => {
    await loseTwo();
    const before = await world.log().epoch();
    world.startPublisher();
    const refusing = world.publisher as KafkaPublisher;
    expect(await eventually(() => refusing.refused(), { what: 'a refusal' })).toContain(
      `shard ${SHARD} ends at 3, which the event table has not reached`,
    );
    await refusing.stop();
    expect([await restore([]), await world.log().epoch()]).toEqual([2, before]);
    expect(said).toContainEqual(expect.stringMatching(new RegExp(`^ +${SHARD} +1 +3 +2 events are lost$`)));
    expect(said).toHaveLength(2 + 16 + 1);
    expect(await restore(['--confirm'])).toBe(0);
    const epoch = await world.log().epoch();
    expect([epoch === before, lastError()]).toEqual([
      false,
      expect.stringContaining(`The epoch is ${epoch} from here on. Start publisher`),
    ]);
    world.startPublisher();
    world.consume();
    await world.append('s', ['2 again']);
    await world.did(['s 1', 's 2 again']);
  });

  test('once more does no harm: consumers join where they would have', async () => {
    const consuming = world.consume();
    await loseTwo();
    await world.did(['s 1', 's 2', 's 3']);
    expect([await restore(['--confirm']), await restore(['--confirm'])]).toEqual([0, 0]);
    world.startPublisher();
    await eventually(() => consuming.halts().length > 0, { what: 'a halt' });
    expect(await consuming.adopt()).toMatchObject([{ heard: { seq: 3n }, shared: { seq: 1n } }]);
  });

  test('explains itself, and names what it was not told or does not know', async () => {
    expect([await restore(['--help']), said.at(-1)]).toEqual([
      0,
      expect.stringMatching(/--confirm[^]*DATABASE_URL and KAFKA_BROKERS[^]*docs\/runbooks\/restore\.md/),
    ]);
    expect([await restore(['--now']), lastError()]).toEqual([1, expect.stringMatching(/not changed.*'--now'/)]);
    expect([await restore([], { DATABASE_URL: '', KAFKA_BROKERS: '' }), lastError()]).toEqual([
      1,
      expect.stringMatching(/DATABASE_URL: is required[^]*KAFKA_BROKERS: is required/),
    ]);
  });

  test('a broker or a database that does not answer', async () => {
    await world.publisher.stop();
    const nobody = `127.0.0.1:${await freePort()}`;
    expect([await restore(['--confirm'], { KAFKA_BROKERS: nobody }), lastError()]).toEqual([
      1,
      expect.stringContaining(`KAFKA_BROKERS: the ends of the topic cannot be read`),
    ]);
    expect([await restore(['--confirm'], { DATABASE_URL: `postgres://nobody@${nobody}/none` }), lastError()]).toEqual([
      1,
      expect.stringContaining('ECONNREFUSED'),
    ]);
  });

  test('not while the service is connected', async () => {
    await loseTwo();
    const before = await world.log().epoch();
    const service = openDatabase(
      { url: world.publisherUrl, poolSize: 1, applicationName: 'publisher' },
      () => undefined,
    );
    await service.query('select 1');
    expect([await restore(['--confirm']), lastError()]).toEqual([
      1,
      expect.stringContaining('publisher is connected to its database with 1 sessions: stop all its processes first'),
    ]);
    await service.end();
    expect(await world.log().epoch()).toBe(before);
  });

  test('not while a relay owns shards', async () => {
    await loseTwo();
    await world.publisherDatabase.query(
      `update relay_cursor set owner = 'a process', owner_until = clock_timestamp() + interval '1 hour'`,
    );
    expect([await restore(['--confirm']), lastError()]).toEqual([
      1,
      expect.stringMatching(/relay_cursor: a process publishes 16 shards: stop it first.* ends in 3\d\d\d s/),
    ]);
  });

  test('not when the service has written since: where the histories part is not known any more', async () => {
    await loseTwo();
    const before = await world.log().epoch();
    await world.append('s', ['another 2', 'another 3', 'another 4']);
    expect([await restore(['--confirm']), lastError()]).toEqual([
      1,
      expect.stringMatching(
        /event 3 of shard \d+ is .* in the table and .* in the topic: publisher has written since its database was restored/,
      ),
    ]);
    expect(await world.log().epoch()).toBe(before);
  });

  test('not when it has written less than was lost, whatever a relay has repeated in between', async () => {
    await loseTwo();
    const [one, two, three] = published.map((event) => messageOf(harness.topic, event));
    await harness.write([two!, three!, two!, one!, three!]);
    await world.append('s', ['another 2']);
    expect([await restore(['--confirm']), lastError()]).toEqual([
      1,
      expect.stringMatching(/event 2 of shard \d+ is .* in the table and .* in the topic/),
    ]);
  });

  test('where the topic does not go back that far, it is for the operator to know', async () => {
    await loseTwo();
    await harness.administer(async (admin) => {
      // The client deletes only where it has asked before.
      await admin.fetchTopicOffsets(harness.topic);
      await admin.deleteTopicRecords({ topic: harness.topic, partitions: [{ partition: SHARD, offset: '2' }] });
    });
    expect([await restore([]), said]).toEqual([
      2,
      expect.arrayContaining([
        expect.stringContaining(`Shard ${SHARD}: the topic does not go back to where the table ends`),
      ]),
    ]);
  });

  test('not of a database that is no whole copy', async () => {
    await loseTwo();
    await world.publisherDatabase.query('delete from shard_head where shard = 3');
    expect([await restore(['--confirm']), lastError()]).toEqual([
      1,
      expect.stringContaining('shard_head has 15 rows and needs 16'),
    ]);
  });

  test('of a backup that is older than the tables of restores', async () => {
    const backup = await loseTwo();
    await world.publisherDatabase.query('drop table ended_epoch');
    expect(await restore(['--confirm'])).toBe(0);
    expect(await world.log().endOf(JSON.parse(backup.rows.get('log_epoch')!)[0].epoch, SHARD)).toMatchObject({
      seq: 1n,
    });
  });

  test('and topics of before the first restore may be empty', async () => {
    await world.publisher.stop();
    await inTransaction(world.publisherDatabase, (tx) => mintEpoch(tx));
    expect([await restore([]), said.filter((line) => line.endsWith('empty')).length]).toEqual([2, 16]);
  });
});
