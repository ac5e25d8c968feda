import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { KafkaDoor } from '@usvideo/servers';
import { type Callee, type Caller } from '@usvideo/contracts/callers';
import { Lifecycle, type Logger, type Running } from '@usvideo/runtime';
import type { StandaloneConfig } from '../config';
import type { Output } from '../state/output';
import { makeFirstAccount } from '../state/first-account.client';
import { choosePorts, lastingPorts } from '../state/ports.process';
import { type Credentials, StateDirectory } from '../state/state.store';
import { boundLogs } from './bounded-logs';
import type { Part } from './part';
import {
  CALLEES,
  type ClusterPlan,
  type Counts,
  namesOnKafka,
  planCluster,
  portsNeeded,
  START_ORDER,
  type Wiring,
} from './plan';
import { kafkaPart, postgresPart } from './servers';
import { ServicePart } from './service-part';

export interface Cluster extends Running {
  /** Of the first gateway. */
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly credentials: Credentials;
  readonly stateDir: string;
  /** For tools that look at the tables and topics themselves. */
  readonly databaseUrls: Readonly<Record<Callee, string>>;
  readonly brokers: readonly string[];
  /** In the order of their start. */
  readonly parts: readonly Part[];
}

export interface ClusterOptions {
  readonly counts: Counts;
  /** For a tool that stands between the parts. */
  readonly wiring?: Wiring;
}

/**
 * Every service as a process of its own, over a real Kafka and a real PostgreSQL.
 * @throws the reason of the signal, having stopped what was started, when it comes while the cluster starts
 */
export async function startCluster(
  config: StandaloneConfig,
  options: ClusterOptions,
  output: Output,
  signal: AbortSignal,
): Promise<Cluster> {
  const lifecycle = new Lifecycle(output.log('cluster'), { stopWithinMs: 60_000 });
  try {
    return await new Launch(config, options, output, lifecycle, signal).run();
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

class Launch {
  private readonly state: StateDirectory;
  private readonly parts: Part[] = [];
  private readonly logger: Logger;
  private readonly aborted: Promise<never>;
  private readonly told = { report: (line: string) => this.report(line), changed: () => this.writeDown() };

  constructor(
    private readonly config: StandaloneConfig,
    private readonly options: ClusterOptions,
    private readonly output: Output,
    private readonly lifecycle: Lifecycle,
    private readonly signal: AbortSignal,
  ) {
    this.logger = output.log('cluster');
    this.aborted = once(signal, 'abort').then(() => Promise.reject(signal.reason as Error));
    // It may come when nobody waits for it.
    this.aborted.catch(() => undefined);
    this.state = new StateDirectory(resolve(config.DATA_DIR, 'cluster'));
    mkdirSync(this.state.file('logs'), { recursive: true });
  }

  async run(): Promise<Cluster> {
    const { config, state, lifecycle } = this;
    await state.lock({ announce: (step) => this.output.announce(step) });
    lifecycle.add('state lock', async () => state.unlock());
    const endBounding = boundLogs(state.file('logs'), (error) =>
      this.logger.warn({ err: error }, 'the logs could not be bounded'),
    );
    lifecycle.add('log bounds', async () => endBounding());
    const ports = await choosePorts(config);
    const { counts, wiring } = this.options;
    const onKafka = namesOnKafka(counts);
    const [postgresPort, ...rest] = await lastingPorts(1 + portsNeeded(counts) + onKafka.length);
    const freePorts = rest.slice(onKafka.length);
    const doors = new Map(
      wiring === undefined
        ? []
        : onKafka.map((name, index) => [
            name,
            { port: rest[index]!, advertised: wiring(name, 'kafka', `127.0.0.1:${rest[index]}`) },
          ]),
    );
    const { brokers, databaseUrls } = await this.startServers(postgresPort!, [...doors.values()]);
    const tokens = new Map<Caller, string>();
    const token = (caller: Caller) =>
      tokens.get(caller) ?? tokens.set(caller, randomBytes(32).toString('base64url')).get(caller)!;
    const kept = state.secrets();
    const secrets = {
      ADMIN_TOKEN: config.ADMIN_TOKEN ?? kept.adminToken,
      LINK_SECRET: config.LINK_SECRET ?? kept.linkSecret,
      SECRETS_KEY: config.SECRETS_KEY ?? kept.secretsKey,
      LEDGER_SIGNING_KEY: config.LEDGER_SIGNING_KEY ?? kept.ledgerSigningKey,
    };
    const brokersOf = (name: string) => (doors.has(name) ? [doors.get(name)!.advertised] : brokers);
    const plan = planCluster({
      counts,
      environment: config.environment,
      secrets,
      dataDir: state.path,
      databaseUrls,
      brokers: brokersOf,
      ports,
      freePorts,
      token,
      ...(wiring === undefined ? {} : { wiring }),
    });
    await this.startServices(plan);
    const credentials = await this.credentials(plan, secrets.ADMIN_TOKEN, token('gateway'));
    this.signal.throwIfAborted();
    return {
      apiUrl: plan.apiUrl,
      adminUrl: plan.adminUrl,
      credentials,
      stateDir: state.path,
      databaseUrls,
      brokers,
      parts: this.parts,
      stop: () => lifecycle.stop(),
    };
  }

  private async startServers(postgresPort: number, doors: readonly KafkaDoor[]) {
    const { config, state, told } = this;
    const postgres = postgresPart({
      ...told,
      dataDir: state.file('postgres'),
      logFile: this.logOf('postgres'),
      port: postgresPort,
      databases: CALLEES,
    });
    const given = config.environment.KAFKA_BROKERS;
    const kafka =
      given === undefined
        ? kafkaPart({ ...told, dataDir: state.file('kafka'), logFile: this.logOf('kafka'), doors })
        : { part: undefined, brokers: () => given.split(',') };
    const servers = [postgres.part, ...(kafka.part === undefined ? [] : [kafka.part])];
    this.output.announce(`Starting ${kafka.part === undefined ? 'PostgreSQL' : 'PostgreSQL and Kafka'}`);
    await this.startTogether(servers);
    const databaseUrls = Object.fromEntries(CALLEES.map((name) => [name, postgres.url(name)])) as Record<
      (typeof CALLEES)[number],
      string
    >;
    return { brokers: kafka.brokers(), databaseUrls };
  }

  private async startServices({ processes }: ClusterPlan): Promise<void> {
    for (const step of START_ORDER) {
      const parts = processes
        .filter(({ service }) => step.includes(service))
        .map(
          (plan) =>
            new ServicePart({
              ...this.told,
              plan,
              logFile: this.logOf(plan.name),
              entry: join(dirname(require.resolve(`@usvideo/${plan.service}`)), 'main.js'),
            }),
        );
      this.output.announce(`Starting ${parts.map(({ name }) => name).join(', ')}`);
      await this.startTogether(parts);
    }
  }

  /** They stop together, before whatever started earlier. */
  private async startTogether(parts: readonly Part[]): Promise<void> {
    this.parts.push(...parts);
    const names = parts.map(({ name }) => name).join(', ');
    this.lifecycle.add(names, async () => {
      this.output.announce(`Stopping ${names}`);
      await Promise.all(parts.map((part) => part.stop()));
    });
    this.signal.throwIfAborted();
    await Promise.race([Promise.all(parts.map((part) => part.start())), this.aborted]);
  }

  private async credentials(plan: ClusterPlan, adminToken: string, token: string): Promise<Credentials> {
    const { state, config } = this;
    const amountMicros = BigInt(Math.round(config.FIRST_ACCOUNT_USD * 1_000_000));
    const kept =
      state.credentials() ??
      (await makeFirstAccount({
        addresses: plan.dial,
        apiUrl: plan.apiUrl,
        adminUrl: plan.adminUrl,
        adminToken,
        amountMicros,
        token,
      }));
    const current = { ...kept, api_url: plan.apiUrl, admin_url: plan.adminUrl, admin_token: adminToken };
    state.saveCredentials(current);
    return current;
  }

  private logOf(name: string): string {
    return this.state.file(`logs/${name}.log`);
  }

  /** Somebody who comes later finds in the log what happened meanwhile; the time is that of the services' logs. */
  private report(line: string): void {
    this.logger.info(line);
    this.output.announce(`${new Date().toISOString().slice(11, 19)}Z ${line}`);
  }

  /** `cluster.json` says what runs where, for tools that want to look at a process or to disturb it. */
  private writeDown(): void {
    this.state.saveProcesses(this.parts.map((part) => part.row()));
  }
}
