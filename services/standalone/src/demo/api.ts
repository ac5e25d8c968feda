import { setTimeout } from 'node:timers/promises';

/** What the demo needs of the public API, called the way a customer would call it. */

export interface JobObject {
  readonly id: string;
  readonly status: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly progress: number;
  readonly cost: string | null;
  readonly cost_micros: number | null;
  readonly video_url: string | null;
  readonly trace_id: string;
  readonly billing: {
    readonly state: string;
    readonly charged_micros: number;
    readonly released_micros: number;
    readonly settled: boolean;
  };
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface LedgerEntry {
  readonly kind: string;
  readonly available_change_micros: number;
  readonly held_change_micros: number;
}

export interface Balance {
  readonly available: string;
  readonly available_micros: number;
  readonly held_micros: number;
}

const REQUEST_MS = 30_000;
const SETTLED_POLL_MS = 100;

export class Api {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  create(body: Record<string, unknown>): Promise<JobObject> {
    return this.json('POST', '/v1/videos', body);
  }

  job(id: string): Promise<JobObject> {
    return this.json('GET', `/v1/videos/${id}`);
  }

  async unfinished(): Promise<JobObject[]> {
    return (await this.json<{ data: JobObject[] }>('GET', '/v1/videos?status=pending&status=processing&limit=100'))
      .data;
  }

  /** Waits until a job has ended and its money is where it belongs. */
  async settled(id: string): Promise<void> {
    for await (const job of this.follow(id)) if (job.billing.settled) return;
    while (!(await this.job(id)).billing.settled) await setTimeout(SETTLED_POLL_MS);
  }

  cancel(id: string): Promise<JobObject> {
    return this.json('POST', `/v1/videos/${id}/cancel`);
  }

  balance(): Promise<Balance> {
    return this.json('GET', '/v1/balance');
  }

  async entries(jobId: string): Promise<LedgerEntry[]> {
    return (await this.json<{ data: LedgerEntry[] }>('GET', `/v1/ledger?job_id=${jobId}`)).data;
  }

  /** Every state and progress of a job as the event stream tells it, until it has ended. */
  async *follow(id: string): AsyncGenerator<JobObject> {
    const response = await fetch(`${this.url}/v1/videos/${id}/events`, {
      headers: { ...this.headers(), accept: 'text/event-stream' },
    });
    if (!response.ok || !response.body) throw new Error(`the event stream answered ${response.status}`);
    let buffered = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      buffered += chunk;
      for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
        const data = buffered
          .slice(0, end)
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5))
          .join('\n');
        buffered = buffered.slice(end + 2);
        if (data) yield JSON.parse(data) as JobObject;
      }
    }
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_MS),
      headers: this.headers(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' };
  }
}
