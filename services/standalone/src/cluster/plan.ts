import { join } from 'node:path';
import type { Caller, Callee } from '@usvideo/contracts/callers';
import type { Environment } from '@usvideo/runtime';

export type ServiceName = 'accounts' | 'ledger' | 'scheduler' | 'webhooks' | 'render-fleet' | 'gateway';

/** In the order of their start: whom others call comes first. Those of one step start together. */
export const START_ORDER: readonly (readonly ServiceName[])[] = [
  ['accounts', 'ledger'],
  ['scheduler'],
  ['webhooks', 'render-fleet'],
  ['gateway'],
];
export const CALLEES = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const satisfies readonly Callee[];
const CALLERS: readonly Caller[] = [...CALLEES, 'render-fleet', 'gateway'];

/** How many processes of each service there are. */
export type Counts = Readonly<Record<ServiceName, number>>;
export const ONE_EACH: Counts = { accounts: 1, ledger: 1, scheduler: 1, webhooks: 1, 'render-fleet': 1, gateway: 1 };
export const REPLICAS: Counts = { ...ONE_EACH, ledger: 2, scheduler: 2, webhooks: 2, 'render-fleet': 3, gateway: 2 };

/** Settings that only the services named below may know. */
const SECRETS = ['ADMIN_TOKEN', 'LINK_SECRET', 'SECRETS_KEY', 'LEDGER_SIGNING_KEY'] as const;
type Secrets = Readonly<Record<(typeof SECRETS)[number], string>>;
/** The address of the mail server holds its password. */
const PRIVATE: readonly string[] = [...SECRETS, 'MAIL_URL'];

/**
 * Under which address a process reaches another part, `postgres`, `kafka` or a process by its name. Whoever wants to stand in
 * between answers an address of its own that leads there.
 */
export type Wiring = (from: string, to: string, address: string) => string;

export interface ClusterPlanOptions {
  readonly counts: Counts;
  /** Given to every service, but for the secrets in it. */
  readonly environment: Environment;
  readonly secrets: Secrets;
  readonly dataDir: string;
  readonly databaseUrls: Readonly<Record<Callee, string>>;
  /** What a process begins with, by its name. */
  readonly brokers: (process: string) => readonly string[];
  /** Of the first gateway. */
  readonly ports: { readonly api: number; readonly admin: number; readonly ops: number };
  /** As many as `portsNeeded` says, for all the others. */
  readonly freePorts: readonly number[];
  /** A token of its own for each caller. */
  readonly token: (caller: Caller) => string;
  /** Unset: everybody dials everybody directly. */
  readonly wiring?: Wiring;
}

export interface PlannedProcess {
  /** `ledger`, or `ledger-2` where there are several. */
  readonly name: string;
  readonly service: ServiceName;
  readonly replica: number;
  /** Where it is called: gRPC, or the public API. Workers call and are not called. */
  readonly address: string;
  readonly opsUrl: string;
  readonly environment: Environment;
}

export interface ClusterPlan {
  readonly processes: readonly PlannedProcess[];
  /** What others dial: all replicas of a service. */
  readonly dial: Readonly<Record<Callee, string>>;
  readonly apiUrl: string;
  readonly adminUrl: string;
}

/** The processes that tell or hear events. */
export function namesOnKafka(counts: Counts): string[] {
  return CALLEES.flatMap((service) => namesOf(service, counts[service]));
}

function namesOf(service: ServiceName, count: number): string[] {
  return Array.from({ length: count }, (_, index) => (count === 1 ? service : `${service}-${index + 1}`));
}

/** Each process has an operations port and, unless it is a worker, one to be called at; a gateway has one for operators too. */
export function portsNeeded(counts: Counts): number {
  const ofEach: Counts = { accounts: 2, ledger: 2, scheduler: 2, webhooks: 2, 'render-fleet': 1, gateway: 3 };
  const all = START_ORDER.flat().reduce((sum, service) => sum + counts[service] * ofEach[service], 0);
  return all - ofEach.gateway;
}

/** Which processes there are, who finds whom where, and what each may know. */
export function planCluster(options: ClusterPlanOptions): ClusterPlan {
  const ports = [...options.freePorts];
  const next = (): number => {
    const port = ports.shift();
    if (port === undefined) throw new Error('the plan needs more ports than it was given');
    return port;
  };
  const places = START_ORDER.flat().flatMap((service) =>
    namesOf(service, options.counts[service]).map((name, index): Place => {
      const replica = index + 1;
      if (service !== 'gateway')
        return { name, service, replica, ops: next(), port: service === 'render-fleet' ? 0 : next(), admin: 0 };
      if (replica === 1)
        return { name, service, replica, ops: options.ports.ops, port: options.ports.api, admin: options.ports.admin };
      return { name, service, replica, ops: next(), port: next(), admin: next() };
    }),
  );
  return {
    dial: dialFrom(undefined, places, options),
    apiUrl: `http://127.0.0.1:${options.ports.api}`,
    adminUrl: `http://127.0.0.1:${options.ports.admin}`,
    processes: places.map((place) => plannedProcess(place, dialFrom(place.name, places, options), options)),
  };
}

interface Place {
  readonly name: string;
  readonly service: ServiceName;
  readonly replica: number;
  readonly ops: number;
  readonly port: number;
  readonly admin: number;
}

/** The addresses of all replicas of each service, for a process or, without one, for whoever stands outside. */
function dialFrom(
  from: string | undefined,
  places: readonly Place[],
  { wiring }: ClusterPlanOptions,
): ClusterPlan['dial'] {
  const address = ({ name, port }: Place) =>
    from === undefined ? `127.0.0.1:${port}` : wire(wiring, from, name, `127.0.0.1:${port}`);
  return Object.fromEntries(
    CALLEES.map((callee) => [
      callee,
      `ipv4:${places
        .filter(({ service }) => service === callee)
        .map(address)
        .join(',')}`,
    ]),
  ) as ClusterPlan['dial'];
}

function wire(wiring: Wiring | undefined, from: string, to: string, address: string): string {
  return wiring === undefined ? address : wiring(from, to, address);
}

function databaseUrlFor(name: string, service: Callee, { databaseUrls, wiring }: ClusterPlanOptions): string {
  if (wiring === undefined) return databaseUrls[service];
  const url = new URL(databaseUrls[service]);
  url.host = wiring(name, 'postgres', url.host);
  return url.toString();
}

function plannedProcess(place: Place, dial: ClusterPlan['dial'], options: ClusterPlanOptions): PlannedProcess {
  const { name, service, replica, ops, port } = place;
  const address =
    service === 'gateway' ? `http://127.0.0.1:${port}` : service === 'render-fleet' ? '' : `127.0.0.1:${port}`;
  const inherited = Object.entries(options.environment).filter(([setting]) => !PRIVATE.includes(setting));
  return {
    name,
    service,
    replica,
    address,
    opsUrl: `http://127.0.0.1:${ops}`,
    environment: {
      // Whoever presses Ctrl-C does not wait for a render.
      HOST: '127.0.0.1',
      ALLOW_PROCEDURAL_LIVE: 'true',
      REGISTRATION: 'open',
      DRAIN_TIMEOUT_MS: '7000',
      PUBLIC_URL: `http://127.0.0.1:${options.ports.api}`,
      ...Object.fromEntries(inherited),
      ACCOUNTS_GRPC_URL: dial.accounts,
      LEDGER_GRPC_URL: dial.ledger,
      SCHEDULER_GRPC_URL: dial.scheduler,
      WEBHOOKS_GRPC_URL: dial.webhooks,
      SERVICE_TOKEN: options.token(service),
      KAFKA_BROKERS: options.brokers(name).join(','),
      DATA_DIR: options.dataDir,
      OPS_HOST: '127.0.0.1',
      OPS_PORT: String(ops),
      STOP_WITH_STDIN: 'true',
      ...ownSettings(place, options),
    },
  };
}

function ownSettings({ name, service, port, admin }: Place, options: ClusterPlanOptions): Environment {
  const { ADMIN_TOKEN, LINK_SECRET, SECRETS_KEY, LEDGER_SIGNING_KEY } = options.secrets;
  if (service === 'gateway')
    return {
      PORT: String(port),
      ADMIN_PORT: String(admin),
      GATEWAY_REPLICAS: String(options.counts.gateway),
      ADMIN_TOKEN,
      LINK_SECRET,
    };
  if (service === 'render-fleet') return { SCRATCH_DIR: join(options.dataDir, 'scratch', name) };
  return {
    GRPC_LISTEN: `127.0.0.1:${port}`,
    DATABASE_URL: databaseUrlFor(name, service, options),
    CALLER_TOKENS: CALLERS.map((caller) => `${caller}=${options.token(caller)}`).join(','),
    ...(service === 'scheduler' ? { LINK_SECRET } : {}),
    ...(service === 'webhooks' ? { SECRETS_KEY } : {}),
    ...(service === 'accounts'
      ? { SECRETS_KEY, MAIL_URL: options.environment.MAIL_URL || `file:${join(options.dataDir, 'mail')}` }
      : {}),
    ...(service === 'ledger' ? { LEDGER_SIGNING_KEY } : {}),
  };
}
