import { CALLER_METHODS, type Callee, type Caller } from '@usvideo/contracts/callers';
import { type ConfigSchema, readConfig } from '@usvideo/runtime';
import { accountsProcessSchema } from '../../services/accounts/src/config';
import { gatewayProcessSchema } from '../../services/gateway/src/config';
import { ledgerProcessSchema } from '../../services/ledger/src/config';
import { renderFleetProcessSchema } from '../../services/render-fleet/src/config';
import { schedulerProcessSchema } from '../../services/scheduler/src/config';
import { webhooksProcessSchema } from '../../services/webhooks/src/config';
import { type Container, describeChart, rendered, resources, VALUES } from './chart';

const SCHEMAS: Readonly<Record<Caller, ConfigSchema>> = {
  accounts: accountsProcessSchema,
  ledger: ledgerProcessSchema,
  scheduler: schedulerProcessSchema,
  webhooks: webhooksProcessSchema,
  'render-fleet': renderFleetProcessSchema,
  gateway: gatewayProcessSchema,
};
/** Read by Node itself. */
const OF_NODE = new Set(['NODE_EXTRA_CA_CERTS', 'NODE_USE_ENV_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']);
const CALLERS = Object.keys(SCHEMAS).sort() as Caller[];
const calleesOf = (caller: Caller) => Object.keys(CALLER_METHODS[caller]).sort() as Callee[];
const callersOf = (callee: string) => CALLERS.filter((caller) => calleesOf(caller).includes(callee as Callee));
/** What each key of the Secret could hold. */
function secretValue(key: string): string {
  if (/^database-url-|^uri$/.test(key)) return 'postgresql://service:password@postgres.example.com:5432/service';
  if (key === 'mail-url') return 'smtp://mail.example.com:587';
  return /-key$/.test(key) ? Buffer.alloc(32, 1).toString('base64') : key.padEnd(32, '-');
}

function ownContainers(values: string): [Caller, Container][] {
  return resources(rendered(values))
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata, spec }) => [
      metadata.labels['app.kubernetes.io/component'] as Caller,
      spec.template!.spec.containers[0]!,
    ]);
}

/** As the kubelet makes it: the values of Secrets, and variables that name others before them. */
function environmentOf({ env = [] }: Container): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) {
    known[name] =
      value?.replaceAll(/\$\(([A-Z_]+)\)/g, (_, other: string) => known[other]!) ??
      (valueFrom!.secretKeyRef ? secretValue(valueFrom!.secretKeyRef.key) : valueFrom!.fieldRef!.fieldPath);
  }
  return known;
}

describeChart('the picture, as the chart has it', () => {
  const policies = () => resources(rendered('ci')).filter(({ kind }) => kind === 'NetworkPolicy');
  const policyOf = (name: string) => policies().find(({ metadata }) => metadata.name === `us-video-api-${name}`)!;
  const components = (peers: readonly { podSelector?: { matchLabels: Readonly<Record<string, string>> } }[] = []) =>
    peers.map(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/component']);

  it.each(CALLERS)('lets %s call whom it may, and be called by whom that may', (name) => {
    const { ingress = [], egress = [] } = policyOf(name).spec;
    const at = (port: string) => (rule: { ports?: readonly { port: number | string }[] }) =>
      rule.ports?.some((each) => each.port === port) === true;
    expect(egress.filter(at('grpc')).flatMap(({ to }) => components(to))).toEqual(calleesOf(name));
    expect(ingress.filter(at('grpc')).flatMap(({ from }) => components(from))).toEqual(callersOf(name));
  });

  it('lets nothing in or out that no policy names', () => {
    expect(policyOf('default-deny').spec.ingress).toBeUndefined();
    expect(policyOf('default-deny').spec.egress!.map(({ ports }) => ports!.map(({ port }) => port))).toEqual([
      [53, 53],
    ]);
    expect(
      policies()
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual([...CALLERS, 'default-deny', 'migrations', 'test'].map((name) => `us-video-api-${name}`).sort());
  });

  it('lets to the databases and to Kafka who uses them, and out who has to', () => {
    const reach = (port: number) =>
      CALLERS.filter((name) =>
        policyOf(name).spec.egress!.some(({ ports }) => ports?.some((each) => each.port === port)),
      );
    expect(reach(5432)).toEqual(['accounts', 'ledger', 'scheduler', 'webhooks']);
    expect(reach(9092)).toEqual(['accounts', 'ledger', 'scheduler', 'webhooks']);
    const anywhere = CALLERS.filter((name) =>
      policyOf(name).spec.egress!.some(({ ports, to }) => ports === undefined && to !== undefined),
    );
    expect(anywhere).toEqual(['render-fleet', 'webhooks']);
  });

  it.each(VALUES)(
    'gives each container for %s all that its service needs to start, under names that it knows',
    (values) => {
      const containers = ownContainers(values);
      expect([...new Set(containers.map(([service]) => service))].sort()).toEqual(CALLERS);
      for (const [service, container] of containers) {
        const given = environmentOf(container);
        expect(() => readConfig(SCHEMAS[service], given)).not.toThrow();
        // Of Node itself, and what CALLER_TOKENS is made of.
        const foreign = Object.keys(given).filter(
          (name) => !(name in SCHEMAS[service].shape) && !OF_NODE.has(name) && !/^(NEXT_)?TOKEN_OF_/.test(name),
        );
        expect([service, foreign]).toEqual([service, []]);
      }
    },
  );

  it('has who owns a database wait for the Job that migrates it', () => {
    const waiting = ownContainers('ci')
      .filter(([, container]) => environmentOf(container).DATABASE_MIGRATIONS === 'await')
      .map(([service]) => service);
    expect(waiting.sort()).toEqual(['accounts', 'ledger', 'scheduler', 'webhooks']);
    const migrated = resources(rendered('ci'))
      .filter(({ kind }) => kind === 'Job')
      .map(({ metadata }) => metadata.name.replace(/^us-video-api-migrate-|-[0-9a-f]{8}$/g, ''));
    expect(migrated).toEqual(['accounts', 'ledger', 'scheduler', 'webhooks']);
  });

  it('gives each its own token, and lets in whom the picture lets call', () => {
    for (const [service, container] of ownContainers('ci')) {
      const given = environmentOf(container);
      expect(given.SERVICE_TOKEN).toBe(secretValue(`token-${service}`));
      const admitted = given.CALLER_TOKENS?.split(',') ?? [];
      expect(admitted).toEqual(callersOf(service).map((caller) => `${caller}=${secretValue(`token-${caller}`)}`));
    }
  });

  it('accepts both tokens of a caller while its token is changed', () => {
    const scheduler = resources(rendered('ci', '--set', 'secrets.nextTokens={gateway}')).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-scheduler'),
    )!;
    const given = environmentOf(scheduler.spec.template!.spec.containers[0]!);
    expect(given.CALLER_TOKENS).toContain(
      `gateway=${secretValue('token-gateway')},gateway=${secretValue('token-gateway-next')}`,
    );
    expect(() => readConfig(schedulerProcessSchema, given)).not.toThrow();
  });
});
