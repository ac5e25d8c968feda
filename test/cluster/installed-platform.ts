import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import { STRIPE } from '../e2e/billing';
import type { ServedPlatform } from '../e2e/platform';
import { addressSeenBy, Forward, Namespace } from './kubernetes';

const ROOT = join(__dirname, '..', '..');
export const CHART = join(ROOT, 'charts', 'us-video-api');
const VALUES = 'ci/ci-values.yaml';
const RELEASE = 'us-video-api';
const DATABASES = ['accounts', 'ledger', 'scheduler', 'webhooks'];
const SERVICES = [...DATABASES, 'gateway', 'render-fleet'];
const NODE_PORT = Number(process.env.CLUSTER_NODE_PORT ?? 30_880);

interface Nodes {
  readonly items: readonly {
    readonly status: {
      readonly addresses: readonly { readonly type: string; readonly address: string }[];
      readonly nodeInfo: { readonly kubeletVersion: string };
    };
  }[];
}

/** The chart, installed with the values for tests in a namespace of its own, on databases and a broker of the test's. */
export class InstalledPlatform implements ServedPlatform {
  readonly namespace = new Namespace(`usv-test-${randomBytes(3).toString('hex')}`);
  private readonly adminToken = `usv_admin_${randomBytes(24).toString('base64url')}`;
  private readonly secret = secretOf(this.adminToken);
  private admin: Forward | undefined;
  private apiUrl = '';
  private ownAddress = '';
  kubernetes = '';

  /** All that the chart expects to be there, under the restricted standard of Pod Security. */
  async prepare(): Promise<void> {
    const { namespace } = this;
    const {
      items: [node],
    } = await namespace.get<Nodes>('nodes');
    this.kubernetes = node!.status.nodeInfo.kubeletVersion;
    const address =
      process.env.CLUSTER_NODE ?? node!.status.addresses.find(({ type }) => type === 'InternalIP')!.address;
    this.apiUrl = `http://${address}:${NODE_PORT}`;
    this.ownAddress = await addressSeenBy(
      (
        await namespace.kubectl(['config', 'view', '--minify', '--output', 'jsonpath={.clusters[0].cluster.server}'])
      ).trim(),
    );
    await namespace.kubectl(['create', 'namespace', namespace.name]);
    await namespace.kubectl(['label', 'namespace', namespace.name, 'pod-security.kubernetes.io/enforce=restricted']);
    await namespace.kubectl(['apply', '--filename', join(__dirname, 'stand-ins.yaml')]);
    await Promise.all(['postgres', 'kafka'].map((name) => namespace.rolledOut(name)));
    const statements = DATABASES.flatMap((name) => [
      `create role ${name} login password 'of-${name}'`,
      `create database ${name} owner ${name}`,
    ]);
    await namespace.kubectl([
      'exec',
      'deployment/postgres',
      '--',
      'psql',
      '--username=postgres',
      '--no-psqlrc',
      ...statements.flatMap((each) => ['--command', each]),
    ]);
    await this.makeSecret();
  }

  async makeSecret(): Promise<void> {
    await this.namespace.kubectl(
      ['apply', '--filename', '-'],
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: `${RELEASE}-secrets` },
        stringData: this.secret,
      }),
    );
  }

  /** Also an upgrade to another chart or other images. Resolves once everything is ready. */
  async install({
    chart = CHART,
    tag = 'cluster-test',
    ...more
  }: { chart?: string; tag?: string } & Record<string, string> = {}): Promise<void> {
    await this.namespace.helm([
      'upgrade',
      '--install',
      RELEASE,
      chart,
      ...this.values(chart, tag, more),
      '--wait',
      '--wait-for-jobs',
      '--timeout',
      '10m',
    ]);
    this.admin ??= await Forward.open(this.namespace.name, `deployment/${RELEASE}-gateway`, 8082, await freePort());
  }

  /** What an installation without Helm applies. */
  render(): Promise<string> {
    return this.namespace.helm(['template', RELEASE, CHART, '--skip-tests', ...this.values(CHART, 'cluster-test', {})]);
  }

  private values(chart: string, tag: string, more: Record<string, string>): string[] {
    const set = {
      publicUrl: this.apiUrl,
      'image.tag': tag,
      'outbound.allowCidrs[0]': `${this.ownAddress}/32`,
      'services.gateway.service.type': 'NodePort',
      'services.gateway.service.nodePort': String(NODE_PORT),
      ...more,
    };
    return [
      '--values',
      join(chart, VALUES),
      ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ];
  }

  get credentials() {
    return {
      api_url: this.apiUrl,
      admin_url: `http://127.0.0.1:${this.admin!.localPort}`,
      admin_token: this.adminToken,
    };
  }

  /** Pods reach this machine under the address that it shows the cluster. */
  receiver(): Promise<HttpReceiver> {
    return httpReceiver(0, { listensOn: '0.0.0.0', knownAs: this.ownAddress });
  }

  deployment(component: string): string {
    return `${RELEASE}-${component}`;
  }

  async uninstall(): Promise<string> {
    return this.namespace.helm(['uninstall', RELEASE, '--wait', '--timeout', '5m']);
  }

  /** What is going on, for the message of a failed test. */
  async state(): Promise<string> {
    const [pods, events, logs] = await Promise.all([
      this.namespace.tryKubectl(['get', 'pods,jobs', '--output', 'wide']),
      this.namespace.tryKubectl(['get', 'events', '--sort-by=.lastTimestamp', '--field-selector', 'type=Warning']),
      this.namespace.tryKubectl([
        'logs',
        '--selector',
        `app.kubernetes.io/instance=${RELEASE}`,
        '--tail',
        '15',
        '--prefix',
      ]),
    ]);
    return [pods, events, logs].map(({ said }) => said).join('\n');
  }

  async dispose(): Promise<void> {
    this.admin?.stop();
    await this.namespace.kubectl(
      ['delete', 'namespace', this.namespace.name, '--wait=true', '--timeout=180s'],
      '',
      200_000,
    );
  }
}

/** As docs/operations/install.md has it made. */
function secretOf(adminToken: string): Record<string, string> {
  const token = () => randomBytes(32).toString('base64url');
  const key = () => randomBytes(32).toString('base64');
  return {
    ...Object.fromEntries(SERVICES.map((service) => [`token-${service}`, token()])),
    ...Object.fromEntries(
      DATABASES.map((name) => [`database-url-${name}`, `postgresql://${name}:of-${name}@postgres:5432/${name}`]),
    ),
    'link-secret': token(),
    'admin-token': adminToken,
    'secrets-key': key(),
    'accounts-secrets-key': key(),
    'ledger-signing-key': key(),
    'stripe-secret-key': STRIPE.STRIPE_SECRET_KEY,
    'stripe-webhook-secret': STRIPE.STRIPE_WEBHOOK_SECRET,
  };
}

export function chartVersion(): string {
  return /^version: (.+)$/m.exec(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))![1]!;
}
