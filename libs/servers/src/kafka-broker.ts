import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sendSignal } from './processes';
import { brokerProperties, type BrokerLayout, type KafkaDoor } from './kafka-broker-properties';
import type * as Messaging from '@usvideo/messaging';
import { kafkaJars } from './kafka-jars';

export type { KafkaDoor } from './kafka-broker-properties';

export interface KafkaBrokerOptions {
  /** Made when it is missing; otherwise its log is served. */
  readonly dataDir: string;
  /** Deletes the data directory with the broker, also when its owner was killed. For tests only. */
  readonly disposable?: boolean;
  /** PEM, the key as PKCS #8. Opens a second listener that speaks TLS. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** Opens a second listener that asks for this login. */
  readonly login?: Messaging.KafkaPassword;
  readonly doors?: readonly KafkaDoor[];
  /** What the broker says is added to it; `broker.log` in the data directory unless told. */
  readonly logFile?: string;
  readonly cacheDir?: string;
  /** Told when something takes long, such as the download. */
  readonly report?: (line: string) => void;
}

const START_MS = 120_000;
const STOP_MS = 30_000;
/** The compiler that starts quickly is enough for one machine, and its small heap for some megabytes of events. */
const JVM = [
  '-Xmx512m',
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
];

/**
 * The broker must never outlive its owner, not even one killed with -9, so it runs under a shell that waits for the end of the
 * owner's pipe, in a session of its own, which the terminal's Ctrl-C does not reach.
 */
const WATCHDOG_SCRIPT = `
data=$1 disposable=$2 log=$3
shift 3
exec 3<&0
"$@" 3<&- >>"$log" 2>&1 & broker=$!
echo $broker
{ read -r _ <&3; : >"$data/abandoned"; kill -9 $broker; } 2>/dev/null & guard=$!
wait $broker; code=$?
if [ "$disposable" = true ] && [ -e "$data/abandoned" ]; then rm -rf "$data"; fi
kill $guard 2>/dev/null
exit $code`;

/** An Apache Kafka broker on this machine: one node, KRaft, on 127.0.0.1, from Apache's jars on the machine's Java. */
export class KafkaBroker {
  private child: ChildProcess | undefined;
  /** Of the Java process. */
  pid = 0;
  /** Resolves when the process that was started last has ended, wanted or not. */
  exited: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: KafkaBrokerOptions,
    private readonly layout: BrokerLayout,
    private readonly jars: string,
  ) {}

  /** @throws with the end of the broker's own log when it does not come up */
  static async start(options: KafkaBrokerOptions): Promise<KafkaBroker> {
    const jars = await kafkaJars(options.report ?? (() => undefined), options.cacheDir);
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
    const [plain, secure, controller] = await freePorts(3);
    const tlsPemFile = options.tls === undefined ? undefined : join(options.dataDir, 'tls.pem');
    const layout = {
      dataDir: options.dataDir,
      ports: { plain: plain!, secure: secure!, controller: controller! },
      tlsPemFile,
      login: options.login,
      doors: options.doors,
    };
    if (options.tls !== undefined)
      await writeFile(tlsPemFile!, `${options.tls.key}${options.tls.certificate}`, { mode: 0o600 });
    await writeFile(join(options.dataDir, 'server.properties'), brokerProperties(layout), { mode: 0o600 });
    const broker = new KafkaBroker(options, layout, jars);
    await broker.format();
    await broker.launch();
    return broker;
  }

  /** Of the listener without TLS and login. */
  get brokers(): string[] {
    return [`127.0.0.1:${this.layout.ports.plain}`];
  }

  /** Of the listener with TLS, a login, or both. */
  get secureBrokers(): string[] {
    return [`127.0.0.1:${this.layout.ports.secure}`];
  }

  private get logFile(): string {
    return this.options.logFile ?? join(this.options.dataDir, 'broker.log');
  }

  /** Shuts down in an orderly way; the data stay unless they are disposable. */
  async stop(): Promise<void> {
    await this.end(this.options.disposable ? 'SIGKILL' : 'SIGTERM');
    if (this.options.disposable) await rm(this.options.dataDir, { recursive: true, force: true });
  }

  /** As if the power had gone, but for what the operating system holds. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** On the same data and the same addresses; after `kill` it recovers first, and what somebody emptied begins anew. */
  async restart(): Promise<void> {
    await this.end('SIGTERM');
    await this.format();
    await this.launch();
  }

  /** The log is formatted once in its life. */
  private async format(): Promise<void> {
    const formatted = await access(join(this.options.dataDir, 'log', 'meta.properties')).then(
      () => true,
      () => false,
    );
    if (formatted) return;
    const { login } = this.options;
    const users =
      login === undefined || login.mechanism === 'plain'
        ? []
        : ['--add-scram', `${login.mechanism.toUpperCase()}=[name=${login.username},password=${login.password}]`];
    // 128 bits in base64; the first are zero, because a leading hyphen would make it an option.
    const clusterId = Buffer.concat([Buffer.alloc(1), randomBytes(15)]).toString('base64url');
    const args = [
      'format',
      '--cluster-id',
      clusterId,
      '--config',
      join(this.options.dataDir, 'server.properties'),
      ...users,
    ];
    await promisify(execFile)('java', [...JVM, '-cp', `${this.jars}/*`, 'kafka.tools.StorageTool', ...args], {
      timeout: START_MS,
    });
  }

  private async launch(): Promise<void> {
    const { dataDir, disposable } = this.options;
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        WATCHDOG_SCRIPT,
        'usvideo-kafka-watchdog',
        dataDir,
        String(disposable === true),
        this.logFile,
        'java',
        ...JVM,
        '-cp',
        `${this.jars}/*`,
        'kafka.Kafka',
        join(dataDir, 'server.properties'),
      ],
      { detached: true, stdio: ['pipe', 'pipe', 'ignore'] },
    );
    this.child = child;
    this.exited = once(child, 'exit');
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    this.pid = Number(pid.toString());
    await this.ready(child);
  }

  /** Up when it answers a client, which is after it has recovered its log and elected itself. */
  private async ready(child: ChildProcess): Promise<void> {
    for (const deadline = performance.now() + START_MS; !(await this.answers());) {
      if (child.exitCode === null && performance.now() < deadline) await delay(50);
      else throw new Error(`Apache Kafka did not come up: ${(await readFile(this.logFile, 'utf8')).slice(-4_000)}`);
    }
  }

  private async answers(): Promise<boolean> {
    // Jest's set-up imports this file before its module map is there, so the library is asked for only when a broker starts.
    // eslint-disable-next-line no-restricted-syntax
    const { kafkaJs } = require('@usvideo/messaging') as typeof Messaging;
    const { Kafka, logLevel } = kafkaJs();
    const admin = new Kafka({
      brokers: this.brokers,
      logLevel: logLevel.NOTHING,
      connectionTimeout: 1_000,
      retry: { retries: 0 },
    }).admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length === 1;
    } catch (error) {
      if ((error as Error).name.startsWith('KafkaJS')) return false;
      throw error;
    } finally {
      await admin.disconnect();
    }
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child, pid } = this;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    sendSignal(pid, signal);
    const impatient = setTimeout(() => sendSignal(pid, 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(impatient);
    child.stdin?.destroy();
  }
}

/** All at once, so that no port is found twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
}
