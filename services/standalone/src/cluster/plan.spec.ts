import {
  type ClusterPlanOptions,
  type Counts,
  namesOnKafka,
  ONE_EACH,
  type PlannedProcess,
  planCluster,
  portsNeeded,
  REPLICAS,
} from './plan';

const options = (counts: Counts): ClusterPlanOptions => ({
  counts,
  environment: { LEASE_MS: '3000', ADMIN_TOKEN: 'from outside' },
  secrets: {
    ADMIN_TOKEN: 'admin-token',
    LINK_SECRET: 'link-secret',
    SECRETS_KEY: 'secrets-key',
    LEDGER_SIGNING_KEY: 'ledger-signing-key',
  },
  dataDir: '/data',
  databaseUrls: {
    accounts: 'pg://accounts',
    ledger: 'pg://ledger',
    scheduler: 'pg://scheduler',
    webhooks: 'pg://webhooks',
  },
  brokers: () => ['127.0.0.1:9092'],
  ports: { api: 8080, ops: 8081, admin: 8082 },
  freePorts: Array.from({ length: portsNeeded(counts) }, (_, index) => 20_000 + index),
  token: (caller) => `token-of-${caller}`,
});
const plan = (counts: Counts) => planCluster(options(counts));
const named = (processes: readonly PlannedProcess[], name: string) =>
  processes.find((process) => process.name === name)!;

describe('the plan of a cluster', () => {
  it('has one process of each service', () => {
    expect(plan(ONE_EACH).processes.map(({ name }) => name)).toEqual([
      'accounts',
      'ledger',
      'scheduler',
      'webhooks',
      'render-fleet',
      'gateway',
    ]);
  });

  it('has two of what is called much and three workers, when there are to be replicas', () => {
    expect(plan(REPLICAS).processes.map(({ name }) => name)).toEqual([
      'accounts',
      'ledger-1',
      'ledger-2',
      'scheduler-1',
      'scheduler-2',
      'webhooks-1',
      'webhooks-2',
      'render-fleet-1',
      'render-fleet-2',
      'render-fleet-3',
      'gateway-1',
      'gateway-2',
    ]);
  });

  it.each([ONE_EACH, REPLICAS, { ...REPLICAS, accounts: 2 }])(
    'gives no port twice and leaves none over (%j)',
    (counts) => {
      const given = options(counts);
      const { processes } = planCluster(given);
      const used = processes
        .flatMap(({ address, opsUrl, environment }) => [address, opsUrl, environment.ADMIN_PORT ?? ''])
        .filter((text) => text !== '')
        .map((text) => Number(/\d+$/.exec(text)![0]));
      expect(new Set(used).size).toBe(used.length);
      expect(used.sort((a, b) => a - b)).toEqual([8080, 8081, 8082, ...given.freePorts]);
    },
  );

  it('lets everybody find all replicas', () => {
    const { processes, dial } = plan(REPLICAS);
    const ledgers = processes.filter(({ service }) => service === 'ledger').map(({ address }) => address);
    expect(dial.ledger).toBe(`ipv4:${ledgers.join(',')}`);
    for (const { environment } of processes) expect(environment.LEDGER_GRPC_URL).toBe(dial.ledger);
  });

  it('lets each know its own database and its own secrets only', () => {
    const { processes } = plan(REPLICAS);
    const knowers = (text: string) => [
      ...new Set(
        processes.filter(({ environment }) => Object.values(environment).includes(text)).map(({ service }) => service),
      ),
    ];
    expect(knowers('pg://ledger')).toEqual(['ledger']);
    expect(knowers('admin-token')).toEqual(['gateway']);
    expect(knowers('link-secret')).toEqual(['scheduler', 'gateway']);
    expect(knowers('secrets-key')).toEqual(['accounts', 'webhooks']);
    expect(knowers('ledger-signing-key')).toEqual(['ledger']);
    expect(knowers('from outside')).toEqual([]);
  });

  it('gives each caller a token of its own, and all tokens to those who are called', () => {
    const { processes } = plan(ONE_EACH);
    expect(new Set(processes.map(({ environment }) => environment.SERVICE_TOKEN)).size).toBe(6);
    expect(named(processes, 'ledger').environment.CALLER_TOKENS).toContain('scheduler=token-of-scheduler');
    expect(named(processes, 'gateway').environment.CALLER_TOKENS).toBeUndefined();
  });

  it('hands on what the environment says, and keeps the scratch folders of workers apart', () => {
    const { processes } = plan(REPLICAS);
    expect(named(processes, 'scheduler-1').environment.LEASE_MS).toBe('3000');
    expect(new Set(processes.flatMap(({ environment }) => environment.SCRATCH_DIR ?? [])).size).toBe(3);
  });

  it('lets somebody stand between any two, each of whom is told another address', () => {
    const asked: string[] = [];
    const databaseUrls = {
      accounts: 'postgres://u:p@127.0.0.1:5432/accounts',
      ledger: 'postgres://u:p@127.0.0.1:5432/ledger',
      scheduler: 'postgres://u:p@127.0.0.1:5432/scheduler',
      webhooks: 'postgres://u:p@127.0.0.1:5432/webhooks',
    };
    const wired = planCluster({
      ...options(REPLICAS),
      databaseUrls,
      wiring: (from, to, address) => {
        asked.push(`${from} ${to} ${address}`);
        return `127.0.0.1:${asked.length}`;
      },
    });
    const { environment } = named(wired.processes, 'ledger-2');
    expect(environment.DATABASE_URL).toMatch(/^postgres:\/\/u:p@127\.0\.0\.1:\d+\/ledger$/);
    expect(asked[Number(new URL(environment.DATABASE_URL!).port) - 1]).toBe('ledger-2 postgres 127.0.0.1:5432');
    const [first] = environment.SCHEDULER_GRPC_URL!.replace('ipv4:', '').split(',');
    expect(asked[Number(first!.split(':')[1]) - 1]).toBe(
      `ledger-2 scheduler-1 ${named(wired.processes, 'scheduler-1').address}`,
    );
    expect(wired.dial.scheduler).toContain(named(wired.processes, 'scheduler-1').address);
  });

  it('knows who is on Kafka', () => {
    expect(namesOnKafka(REPLICAS)).toEqual([
      'accounts',
      'ledger-1',
      'ledger-2',
      'scheduler-1',
      'scheduler-2',
      'webhooks-1',
      'webhooks-2',
    ]);
  });
});
