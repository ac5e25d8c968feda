import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFile } from '@swc/core';
import { describeOwnKafka, eventually, selfSignedCertificate, startTestBroker, Signal } from '@usvideo/testing';
import type { KafkaBroker } from '@usvideo/servers';
import type { KafkaLogin } from '../kafka-connection/kafka-client';
import { openKafkaWorld, type KafkaHarness } from './kafka-world.fixture';
import type { World } from '../conformance/world.fixture';

const START_MS = 300_000;
const LOGIN: KafkaLogin = { mechanism: 'scram-sha-512', username: 'usvideo', password: 'known-to-the-test' };

describeOwnKafka("a broker of one's own", () => {
  let broker: KafkaBroker;
  let ca: string;
  let world: World;
  let harness: KafkaHarness;

  beforeAll(async () => {
    const tls = await selfSignedCertificate();
    ca = tls.certificate;
    broker = await startTestBroker({ tls, login: LOGIN });
  }, START_MS);
  afterAll(() => broker.stop());
  afterEach(() => world.close());

  async function open(...[connection, options]: Parameters<typeof openKafkaWorld>): Promise<void> {
    ({ world, harness } = await openKafkaWorld(connection, options));
  }

  test('carries events over TLS and SASL', async () => {
    await open(() => ({ brokers: broker.secureBrokers, ssl: { ca }, sasl: LOGIN }));
    world.consume();
    await world.append('s', ['1', '2']);
    await world.did(['s 1', 's 2']);
  });

  test('lets nobody in with a wrong password', async () => {
    await open(() => ({ brokers: broker.secureBrokers, ssl: { ca }, sasl: { ...LOGIN, password: 'wrong' } }));
    await expect(harness.administer((admin) => admin.listTopics())).rejects.toThrow(
      'SASL SCRAM SHA512 authentication failed',
    );
  });

  test('is not believed without its certificate', async () => {
    await open(() => ({ brokers: broker.secureBrokers, ssl: true, sasl: LOGIN }));
    await expect(harness.administer((admin) => admin.listTopics())).rejects.toThrow('self-signed certificate');
  });

  test('killed and started again under way: each effect once and in order', async () => {
    await open(() => ({ brokers: broker.brokers }), { sessionMs: 1_500 });
    world.consume();
    await world.append('s', ['1']);
    await world.did(['s 1']);
    await broker.kill();
    await world.append('s', ['2', '3']);
    await broker.restart();
    await world.append('s', ['4']);
    await eventually(async () => (await world.effects()).length === 4, { what: 'four effects', deadlineMs: 20_000 });
    await world.did(['s 1', 's 2', 's 3', 's 4']);
  }, 60_000);

  test('that comes up after its users is waited for', async () => {
    await broker.kill();
    await open(() => ({ brokers: broker.brokers }));
    world.consume();
    await world.append('s', ['1']);
    await broker.restart();
    await eventually(async () => (await world.effects()).length === 1, { what: 'the effect', deadlineMs: 20_000 });
  }, 60_000);

  test('keeps the partitions with a consumer whose effects take longer than its session', async () => {
    // Long enough that a busy machine does not lose the session by itself.
    const sessionMs = 3_000;
    await open(() => ({ brokers: broker.brokers }), { sessionMs });
    const begun = new Signal('begun');
    const finish = new Signal('finish');
    let calls = 0;
    world.consume({
      handle: async () => {
        calls += 1;
        begun.emit();
        await finish.wait();
      },
    });
    await world.append('s', ['1']);
    await begun.wait();
    const members = () =>
      harness.administer(async (admin) => (await admin.describeGroups([harness.groupId()])).groups[0]!);
    const before = await members();
    expect(before.members).toHaveLength(1);
    const until = Date.now() + 2.2 * sessionMs;
    await eventually(async () => Date.now() > until && (await members()).state === 'Stable', {
      what: 'more than two sessions later',
      deadlineMs: 30_000,
    });
    expect((await members()).members.map(({ memberId }) => memberId)).toEqual(
      before.members.map(({ memberId }) => memberId),
    );
    finish.emit();
    await eventually(async () => (await world.watermark())?.seq === 1n, { what: 'the effect' });
    expect(calls).toBe(1);
  });
});

describeOwnKafka('a broker whose owner is killed', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'usvideo-kafka-owner-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  test(
    'goes away, and takes its disposable data along',
    async () => {
      const dataDir = join(home, 'data');
      const { kill, pid } = await startInAnotherProcess(dataDir);
      kill();
      await eventually(
        () =>
          access(dataDir).then(
            () => false,
            () => true,
          ),
        { what: 'the data are gone' },
      );
      await eventually(
        () =>
          readFile(`/proc/${pid}/cmdline`, 'utf8').then(
            (command) => !command.includes('kafka.Kafka'),
            () => true,
          ),
        { what: 'the broker is gone' },
      );
    },
    START_MS,
  );

  async function startInAnotherProcess(dataDir: string): Promise<{ kill(): void; pid: number }> {
    await mkdir(join(home, 'program'));
    for (const name of ['kafka-broker', 'kafka-broker-properties', 'kafka-jars', 'processes']) {
      const { code } = await transformFile(join(__dirname, '../../../servers/src', `${name}.ts`), {
        configFile: join(__dirname, '../../../../.swcrc'),
        sourceMaps: false,
      });
      await writeFile(join(home, 'program', `${name}.js`), code);
    }
    const script = `require('./kafka-broker').KafkaBroker.start({ dataDir: ${JSON.stringify(dataDir)}, disposable: true }).then(({ pid }) => console.log(pid))`;
    const owner = spawn(process.execPath, ['-e', script], {
      cwd: join(home, 'program'),
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_PATH: join(__dirname, '../../../../node_modules') },
    });
    const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
    return { kill: () => owner.kill('SIGKILL'), pid: Number(line.toString()) };
  }
});
