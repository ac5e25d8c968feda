import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, freePort, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import type { BreakablePlatform } from '../e2e/platform';
import type { Inside } from '../e2e/usage-export';
import { DEPLOY } from './composition';
import { docker } from './docker';

const ROOT = join(DEPLOY, '..');
const BUILD_MS = 1_200_000;
const START_MS = 600_000;
const STORE = '/data/artifacts';

export interface RunningContainer {
  readonly id: string;
  readonly service: string;
  readonly state: string;
  readonly health: string;
  readonly exitCode: number;
}

/** By the names under which Docker lists them. */
export interface Traces {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
}

interface Ports {
  readonly api: number;
  readonly ops: number;
  readonly admin: number;
}

/** The platform as its operator brings it up in containers, under a name and on ports of its own. */
export class ComposedPlatform implements BreakablePlatform, Inside {
  private readonly project = `usv-test-${randomBytes(3).toString('hex')}`;
  private adminToken = '';

  private constructor(
    private readonly ports: Ports,
    private readonly settings: Record<string, string>,
  ) {}

  /** @param settings variables of .env.example, beside those that every test needs */
  static async build(settings: Record<string, string>): Promise<ComposedPlatform> {
    const [api, ops, admin] = await Promise.all([freePort(), freePort(), freePort()]);
    const platform = new ComposedPlatform({ api: api!, ops: ops!, admin: admin! }, settings);
    await platform.compose(['build'], BUILD_MS);
    return platform;
  }

  /** The commands that the README gives to the operator, as they stand there but for the ports. @returns what they print */
  async followReadme(): Promise<string> {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, block] = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].find(([, text]) =>
      text!.includes('docker compose up'),
    )!;
    const told = await this.run(this.here(block!).replaceAll('curl -s', 'curl -fsS'), ROOT);
    this.adminToken = (await this.exec('gateway', "sed -n 's/^ADMIN_TOKEN=//p' /run/usvideo/settings.env")).trim();
    return told;
  }

  /** Lines of a shell, as an operator types them in deploy/. @returns what they print */
  async run(script: string, cwd = DEPLOY): Promise<string> {
    const { stdout } = await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${script}`], {
      cwd,
      timeout: START_MS,
      env: { ...process.env, ...this.environment },
      maxBuffer: 1 << 28,
    });
    return stdout;
  }

  /** One command of a runbook, with the token of an operator. */
  async operate(command: string): Promise<{ readonly code: number; readonly output: string }> {
    const options = {
      cwd: DEPLOY,
      timeout: START_MS,
      env: { ...process.env, ...this.environment, ADMIN_TOKEN: this.adminToken },
    };
    return new Promise((resolve) => {
      execFile('bash', ['-c', this.here(command)], options, (error, stdout) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout }),
      );
    });
  }

  /** A command of a page, on the ports of this platform. */
  private here(command: string): string {
    return command
      .replaceAll(/(127\.0\.0\.1|localhost):8080/g, `127.0.0.1:${this.ports.api}`)
      .replaceAll(/(127\.0\.0\.1|localhost):8082/g, `127.0.0.1:${this.ports.admin}`);
  }

  /** A command that ends only when it is told to, which it is once it has said this. */
  async follow(command: string, said: string): Promise<void> {
    const child = spawn('bash', ['-c', `exec ${command}`], {
      cwd: DEPLOY,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.environment },
    });
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    try {
      await eventually(() => told.includes(said), { what: `"${command}" to say ${said}`, deadlineMs: 60_000 });
    } finally {
      child.kill('SIGINT');
      await once(child, 'close');
    }
  }

  /** Under which the gateway finds a service. */
  async addressesOf(service: string): Promise<string[]> {
    return words(
      await this.exec(
        'gateway',
        `node -e "require('node:dns').resolve4('${service}', (_, found) => console.log(found.join(' ')))"`,
      ),
    );
  }

  get credentials() {
    return {
      api_url: `http://127.0.0.1:${this.ports.api}`,
      admin_url: `http://127.0.0.1:${this.ports.admin}`,
      admin_token: this.adminToken,
    };
  }

  /** Containers reach this machine by a name of their own. */
  receiver(): Promise<HttpReceiver> {
    return httpReceiver(0, { listensOn: '0.0.0.0', knownAs: 'host.docker.internal' });
  }

  async containers(): Promise<RunningContainer[]> {
    const lines = (await this.compose(['ps', '--all', '--format', 'json'])).split('\n').filter((line) => line !== '');
    return lines
      .map((line) => JSON.parse(line) as Record<'ID' | 'Service' | 'State' | 'Health', string> & { ExitCode: number })
      .map(({ ID: id, Service: service, State: state, Health: health, ExitCode: exitCode }) => ({
        id,
        service,
        state,
        health,
        exitCode,
      }));
  }

  async stopPart(name: string): Promise<void> {
    await this.compose(['stop', name]);
  }

  async startPart(name: string): Promise<void> {
    await this.compose(['up', '--wait', '--no-deps', '--no-recreate', name]);
  }

  async takeStoreAway(): Promise<void> {
    await this.exec('gateway', `mv ${STORE} ${STORE}.away && touch ${STORE}`);
  }

  async bringStoreBack(): Promise<void> {
    await this.exec('gateway', `rm ${STORE} && mv ${STORE}.away ${STORE}`);
  }

  said(service: string): Promise<string> {
    return this.compose(['logs', '--no-color', '--no-log-prefix', service]);
  }

  async partsRunning(): Promise<number> {
    return (await this.containers()).filter(({ state }) => state === 'running').length;
  }

  async kill(): Promise<void> {
    await this.compose(['kill']);
  }

  async start(): Promise<void> {
    await this.compose(['up', '--wait', '--no-recreate']);
  }

  async stop(): Promise<void> {
    await this.compose(['stop']);
  }

  async ask(database: string, statement: string): Promise<string> {
    return (
      await this.compose([
        'exec',
        '-T',
        'postgres',
        'psql',
        '--username=postgres',
        `--dbname=${database}`,
        '--no-psqlrc',
        '--tuples-only',
        '--no-align',
        '--command',
        statement,
      ])
    ).trim();
  }

  async memoryMib(): Promise<readonly number[]> {
    const kib = await Promise.all(
      ['gateway', 'ledger'].map((service) =>
        this.exec(service, "sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/1/status"),
      ),
    );
    return kib.map((figure) => Number(figure) / 1_024);
  }

  /** All that Docker keeps of the platform; also volumes without a name, which belong to no project. */
  async traces(): Promise<Traces> {
    const ours = ['--filter', `label=com.docker.compose.project=${this.project}`, '--quiet'];
    const [containers, volumes, networks] = await Promise.all(
      [
        ['ps', '--all', '--no-trunc'],
        ['volume', 'ls'],
        ['network', 'ls', '--no-trunc'],
      ].map(async (list) => words(await docker([...list, ...ours]))),
    );
    const mounted = await docker([
      'inspect',
      '--format',
      '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}',
      ...containers!,
    ]);
    return { containers: containers!, volumes: [...new Set([...volumes!, ...words(mounted)])], networks: networks! };
  }

  /** Takes everything away. */
  async down(): Promise<void> {
    await this.compose(['down', '--volumes']);
  }

  /** What is there of it all the same. */
  async left({ containers, volumes, networks }: Traces): Promise<string[]> {
    const all = await Promise.all(
      [
        ['ps', '--all', '--no-trunc'],
        ['volume', 'ls'],
        ['network', 'ls', '--no-trunc'],
      ].map(async (list) => words(await docker([...list, '--quiet']))),
    );
    return [...containers, ...volumes, ...networks].filter((trace) => all.flat().includes(trace));
  }

  log(): Promise<string> {
    return this.compose(['logs', '--no-color', '--tail', '40']);
  }

  private exec(service: string, script: string): Promise<string> {
    return this.compose(['exec', '-T', service, 'sh', '-c', script]);
  }

  private compose(args: readonly string[], timeoutMs = START_MS): Promise<string> {
    return docker(['compose', ...args], { environment: this.environment, timeoutMs, cwd: DEPLOY });
  }

  private get environment(): Record<string, string> {
    const { api, ops, admin } = this.ports;
    return {
      COMPOSE_PROJECT_NAME: this.project,
      COMPOSE_FILE: `compose.yaml:${join(__dirname, 'host.yaml')}`,
      IMAGE_TAG: 'test',
      API_PORT: String(api),
      OPS_PORT: String(ops),
      ADMIN_PORT: String(admin),
      REGISTRATION: 'open',
      ALLOW_PROCEDURAL_LIVE: 'true',
      // The networks between containers and the machine that runs them.
      OUTBOUND_ALLOW_CIDRS: '172.16.0.0/12,192.168.0.0/16',
      ...this.settings,
    };
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
