import { eventually } from '@usvideo/testing';
import type { Platform, ServedPlatform } from './platform';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
}

/** What the public API answers about a job; see the OpenAPI document. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly livemode: boolean;
  readonly progress: number;
  readonly cost: string | null;
  readonly cost_micros: number | null;
  readonly estimated_cost_micros: number;
  readonly billing: {
    readonly state: string;
    readonly charged_micros: number;
    readonly released_micros: number;
    readonly settled: boolean;
    readonly rule: string | null;
  };
  readonly video_url: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly attempts: readonly { readonly attempt: number; readonly outcome: string | null }[];
  readonly webhook_url: string | null;
  readonly trace_id: string;
  readonly created_at: string;
  readonly metadata: Record<string, string>;
}

export interface Problem {
  readonly error: string;
  readonly message: string;
  readonly request_id: string;
  readonly doc_url: string;
  readonly details?: { field: string; message: string }[];
}

const REQUEST_MS = 60_000;

/** Somebody with a key. Never throws for a status: tests look at the whole answer. */
export class Customer {
  constructor(
    readonly url: string,
    readonly key: string | undefined,
  ) {}

  static live(platform: Platform): Customer {
    return new Customer(platform.credentials.api_url, platform.credentials.live_key);
  }

  static test(platform: Platform): Customer {
    return new Customer(platform.credentials.api_url, platform.credentials.test_key);
  }

  static admin(platform: ServedPlatform): Customer {
    return new Customer(platform.credentials.admin_url, platform.credentials.admin_token);
  }

  get<T = Record<string, unknown>>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.request('GET', path, undefined, headers);
  }

  post<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return this.request('POST', path, body === undefined ? undefined : JSON.stringify(body), headers);
  }

  put<T = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<T>> {
    return this.request('PUT', path, JSON.stringify(body));
  }

  delete<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.request('DELETE', path);
  }

  upload<T = Record<string, unknown>>(path: string, form: FormData): Promise<Answer<T>> {
    return this.request('POST', path, form);
  }

  create(body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Answer<Job & Problem>> {
    return this.post('/v1/videos', body, headers);
  }

  async ended(jobId: string): Promise<Job> {
    for (let tries = 0; tries < 10; tries++) {
      const { body } = await this.get<Job>(`/v1/videos/${jobId}`, { prefer: 'wait=20' });
      if (['completed', 'failed', 'cancelled'].includes(body.status)) return body;
    }
    throw new Error(`${jobId} did not end`);
  }

  /** Once the ledger has acknowledged how its money ended. */
  async settled(jobId: string): Promise<Job> {
    await this.ended(jobId);
    return eventually(
      async () => {
        const { body } = await this.get<Job>(`/v1/videos/${jobId}`);
        return body.billing.settled && body;
      },
      { deadlineMs: 20_000, what: `${jobId} to be settled` },
    );
  }

  async request<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: string | Uint8Array | FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_MS),
      redirect: 'manual',
      headers: {
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : {}) as T };
  }
}
