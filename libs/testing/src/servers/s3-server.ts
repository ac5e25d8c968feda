import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absent } from '../absent';
import { eventually } from '../eventually';
import { freePort } from '../peers/http-receiver';

const BINARY = join(
  process.env.S3_SERVER_TOOLS ?? join(__dirname, '..', '..', '..', '..', '.tools', 's3'),
  'versitygw',
);
const REGION = 'us-east-1';
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'tester', AWS_SECRET_ACCESS_KEY: 'a-secret-of-tests-only' };
const START_MS = 60_000;

/** A server that speaks S3, of test/s3/prepare.mjs, over a folder of its own. */
export class S3Server {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<S3Server> {
    const folder = await mkdtemp(join(tmpdir(), 'usvideo-s3-'));
    for (const name of ['buckets', 'properties']) mkdirSync(join(folder, name));
    const port = await freePort();
    const env = {
      ...process.env,
      ROOT_ACCESS_KEY: CREDENTIALS.AWS_ACCESS_KEY_ID,
      ROOT_SECRET_KEY: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
    };
    const child = spawn(
      BINARY,
      [
        '--port',
        `127.0.0.1:${port}`,
        '--region',
        REGION,
        '--health',
        '/healthz',
        '--quiet',
        'posix',
        '--sidecar',
        join(folder, 'properties'),
        join(folder, 'buckets'),
      ],
      { env, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const server = new S3Server(child, folder, port);
    try {
      await eventually(async () => (await fetch(`${server.endpoint}/healthz`)).ok, {
        what: 'the S3 server to answer',
        deadlineMs: START_MS,
      });
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All of a store's settings but the bucket. */
  get settings(): { readonly region: string; readonly endpoint: string; readonly pathStyle: boolean } {
    return { region: REGION, endpoint: this.endpoint, pathStyle: true };
  }

  /** For the environment of what uses the server. */
  readonly credentials = CREDENTIALS;

  /** @returns its name */
  async makeBucket(name: string): Promise<string> {
    mkdirSync(join(this.folder, 'buckets', name));
    return name;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A group of tests with an S3 server. Where its program is not, they are counted as skipped, aloud; under CI=true they fail. */
export function describeS3(name: string, tests: (server: () => S3Server) => void): void {
  if (!existsSync(BINARY))
    return absent(name, 'the S3 server is not there: node test/s3/prepare.mjs makes it, with Go 1.26 or Python', {
      failsInCi: true,
    });
  describe(name, () => {
    let server: S3Server;
    beforeAll(async () => {
      Object.assign(process.env, CREDENTIALS);
      server = await S3Server.start();
    }, START_MS);
    afterAll(() => server.stop());
    tests(() => server);
  });
}
