import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import type { ServedPlatform } from '../e2e/platform';
import { DEPLOY } from './composition';
import { docker } from './docker';

const ROOT = join(DEPLOY, '..');
const BUILD_MS = 1_200_000;
const START_MS = 600_000;

export interface RunningContainer {
  readonly id: string;
  readonly service: string;
  readonly state: string;
  readonly health: string;
  readonly exitCode: number;
}

/** The platform as its operator brings it up in containers, under a name and on ports of its own. */
export class ComposedPlatform implements ServedPlatform {
  private readonly project = `usv-test-${randomBytes(3).toString('hex')}`;

  private constructor(private readonly ports: { readonly api: number; readonly ops: number; readonly admin: number }) {}

  static async build(): Promise<ComposedPlatform> {
    const [api, ops, admin] = await Promise.all([freePort(), freePort(), freePort()]);
    const platform = new ComposedPlatform({ api: api!, ops: ops!, admin: admin! });
    platform.compose(['build'], BUILD_MS);
    return platform;
  }

  /** The commands that the README gives to the operator, as they stand there but for the ports. @returns what they print */
  followReadme(): string {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, block] = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].find(([, text]) => text!.includes('docker compose up'))!;
    const script = block!.replaceAll('127.0.0.1:8080', `127.0.0.1:${this.ports.api}`).replaceAll('127.0.0.1:8082', `127.0.0.1:${this.ports.admin}`).replaceAll('curl -s', 'curl -fsS');
    return execFileSync('bash', ['-c', `set -euo pipefail\n${script}`], { cwd: ROOT, encoding: 'utf8', timeout: START_MS, env: { ...process.env, ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  get credentials() {
    const token = this.compose(['exec', '-T', 'gateway', 'sed', '-n', 's/^ADMIN_TOKEN=//p', '/run/usvideo/settings.env']).trim();
    return { api_url: `http://127.0.0.1:${this.ports.api}`, admin_url: `http://127.0.0.1:${this.ports.admin}`, admin_token: token };
  }

  /** Containers reach this machine by a name of their own. */
  receiver(): Promise<HttpReceiver> {
    return httpReceiver(0, { listensOn: '0.0.0.0', knownAs: 'host.docker.internal' });
  }

  containers(): RunningContainer[] {
    const lines = this.compose(['ps', '--all', '--format', 'json']).trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<'ID' | 'Service' | 'State' | 'Health', string> & { ExitCode: number })
      .map(({ ID: id, Service: service, State: state, Health: health, ExitCode: exitCode }) => ({ id, service, state, health, exitCode }));
  }

  stop(): void {
    this.compose(['stop']);
  }

  /** Takes everything away. @returns what is left of it all the same */
  down(): string[] {
    this.compose(['down', '--volumes', '--remove-orphans']);
    const ours = ['--filter', `label=com.docker.compose.project=${this.project}`, '--quiet'];
    return [['ps', '--all'], ['volume', 'ls'], ['network', 'ls']].map((list) => docker([...list, ...ours]).trim()).filter((ids) => ids !== '');
  }

  log(): string {
    return this.compose(['logs', '--no-color', '--tail', '40']);
  }

  private compose(args: readonly string[], timeoutMs = START_MS): string {
    return docker(['compose', ...args], { environment: this.environment, timeoutMs, cwd: DEPLOY });
  }

  private get environment(): Record<string, string> {
    const { api, ops, admin } = this.ports;
    return {
      COMPOSE_PROJECT_NAME: this.project, COMPOSE_FILE: `compose.yaml:${join(__dirname, 'host.yaml')}`, IMAGE_TAG: 'test',
      API_PORT: String(api), OPS_PORT: String(ops), ADMIN_PORT: String(admin),
      REGISTRATION: 'open', SIGNUP_CREDIT_USD: '250', ALLOW_PROCEDURAL_LIVE: 'true',
      // The networks between containers and the machine that runs them.
      OUTBOUND_ALLOW_CIDRS: '172.16.0.0/12,192.168.0.0/16',
    };
  }
}
