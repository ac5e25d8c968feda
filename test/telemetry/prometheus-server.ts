import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absent, eventually, freePort } from '@usvideo/testing';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An operations port, and the service whose metrics it serves. */
export interface ScrapeTarget {
  readonly address: string;
  readonly service: string;
}

const binary = process.env.PROMETHEUS_PATH ?? 'prometheus';

/** Tests that need it; where it is not, they are skipped aloud, and an error where CI runs. */
export function describePrometheus(name: string, tests: () => void): void {
  if (hasPrometheus()) describe(name, tests);
  else
    absent(name, 'this machine lacks Prometheus: install the package prometheus, or name it in PROMETHEUS_PATH', {
      failsInCi: true,
    });
}

function hasPrometheus(): boolean {
  try {
    execFileSync(binary, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The companion of the server that checks configurations and rules. @throws with its output when it finds a fault. */
export function promtool(args: readonly string[], cwd?: string): string {
  const tool = process.env.PROMETHEUS_PATH?.replace(/prometheus$/, 'promtool') ?? 'promtool';
  return execFileSync(tool, [...args], { encoding: 'utf8', stdio: 'pipe', cwd });
}

/** A real server that scrapes every two seconds, which a busy machine has to answer, and evaluates the given rules as often. */
export class PrometheusServer {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(targets: readonly ScrapeTarget[], rules: string): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'usv-prometheus-'));
    writeFileSync(join(folder, 'rules.yml'), rules);
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
        rule_files: [join(folder, 'rules.yml')],
        scrape_configs: [
          {
            job_name: 'usvideo',
            static_configs: targets.map(({ address, service }) => ({ targets: [address], labels: { service } })),
          },
        ],
      }),
    );
    const port = await freePort();
    const child = spawn(
      binary,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    const server = new PrometheusServer(`http://127.0.0.1:${port}`, child, folder);
    await eventually(
      () =>
        server.query('up').then(
          (samples) => samples.length > 0,
          () => false,
        ),
      { what: 'the first scrape', deadlineMs: 30_000 },
    );
    return server;
  }

  async query(expression: string): Promise<Sample[]> {
    const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data, error } = (await answer.json()) as {
      data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
      error?: string;
    };
    if (data === undefined) throw new Error(`${expression}: ${error}`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The one figure an expression answers, or the sum where there are several. */
  async value(expression: string): Promise<number> {
    return (await this.query(expression)).reduce((sum, sample) => sum + sample.value, 0);
  }

  /** The names of the alerts that fire. */
  firing(): Promise<Set<string>> {
    return this.alertNames('ALERTS{alertstate="firing"}');
  }

  /** The names of the alerts that have fired at any time since. */
  firedSince(sinceMs: number): Promise<Set<string>> {
    return this.alertNames(
      `count_over_time(ALERTS{alertstate="firing"}[${Math.ceil((Date.now() - sinceMs) / 1_000) + 1}s])`,
    );
  }

  private async alertNames(expression: string): Promise<Set<string>> {
    return new Set((await this.query(expression)).map(({ labels }) => labels.alertname!));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
