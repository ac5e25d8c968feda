import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { eventually } from '@usvideo/testing';

const COMMAND_MS = 120_000;

/** As much of a pod as the tests look at. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly state: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly said: string;
}

/** A namespace of the cluster that KUBECONFIG names, through kubectl and helm. */
export class Namespace {
  constructor(readonly name: string) {}

  /** @throws with what was said when it fails */
  async kubectl(args: readonly string[], input = '', timeoutMs = COMMAND_MS): Promise<string> {
    return outputOf('kubectl', await this.tryKubectl(args, input, timeoutMs), args);
  }

  tryKubectl(args: readonly string[], input = '', timeoutMs = COMMAND_MS): Promise<Ran> {
    return run('kubectl', ['--namespace', this.name, ...args], input, timeoutMs);
  }

  async helm(args: readonly string[], timeoutMs = 900_000): Promise<string> {
    return outputOf('helm', await run('helm', ['--namespace', this.name, ...args], '', timeoutMs), args);
  }

  async get<T>(...what: string[]): Promise<T> {
    return JSON.parse(await this.kubectl(['get', ...what, '--output', 'json'])) as T;
  }

  async pods(selector: string): Promise<Pod[]> {
    return (await this.get<{ items: Pod[] }>('pods', '--selector', selector)).items;
  }

  /** What a program of one line says in a container of a Deployment; there is no shell to rely on. */
  node(deployment: string, script: string): Promise<Ran> {
    return this.tryKubectl(['exec', `deployment/${deployment}`, '--', 'node', '--eval', script]);
  }

  async rolledOut(deployment: string, timeoutMs = 300_000): Promise<void> {
    await this.kubectl(
      ['rollout', 'status', `deployment/${deployment}`, `--timeout=${timeoutMs / 1_000}s`],
      '',
      timeoutMs + 5_000,
    );
  }

  /** The API server's eviction, which disruption budgets judge. @returns whether it was let happen, and what was said if not */
  async evict(pod: string): Promise<Ran> {
    const eviction = JSON.stringify({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod, namespace: this.name },
    });
    return this.tryKubectl(
      ['create', '--raw', `/api/v1/namespaces/${this.name}/pods/${pod}/eviction`, '--filename', '-'],
      eviction,
    );
  }
}

export function isReady(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}

/** A port of this machine that leads into a pod of a Deployment, and to another of its pods when that one is gone. */
export class Forward {
  private child: ChildProcess | undefined;
  private isStopped = false;

  private constructor(
    private readonly namespace: string,
    private readonly target: string,
    private readonly port: number,
    readonly localPort: number,
  ) {}

  static async open(namespace: string, target: string, port: number, localPort: number): Promise<Forward> {
    const forward = new Forward(namespace, target, port, localPort);
    forward.start();
    await eventually(() => answers(localPort), { what: `${target}:${port} to be reached`, deadlineMs: 60_000 });
    return forward;
  }

  private start(): void {
    if (this.isStopped) return;
    this.child = spawn(
      'kubectl',
      ['--namespace', this.namespace, 'port-forward', this.target, `${this.localPort}:${this.port}`],
      { stdio: 'ignore' },
    );
    this.child.once('close', () => setTimeout(() => this.start(), 200).unref());
  }

  stop(): void {
    this.isStopped = true;
    this.child?.kill();
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/** The address of this machine that the cluster sees when it is called. */
export async function addressSeenBy(server: string): Promise<string> {
  const { hostname, port } = new URL(server);
  const socket = connect(Number(port === '' ? 443 : port), hostname);
  await once(socket, 'connect');
  const address = socket.localAddress!;
  socket.destroy();
  return address;
}

export function run(program: string, args: readonly string[], input: string, timeoutMs: number): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { timeout: timeoutMs, maxBuffer: 1 << 26, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({
          code,
          output: stdout,
          said: `${stdout}${stderr}${error !== null && typeof error.code !== 'number' ? error.message : ''}`,
        });
      },
    );
    child.stdin!.on('error', () => undefined).end(input);
  });
}

function outputOf(program: string, { code, output, said }: Ran, args: readonly string[]): string {
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${said.slice(-4_000)}`);
  return output;
}
