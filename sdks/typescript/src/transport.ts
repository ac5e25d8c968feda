import type { Config } from './config.ts';
import { abortedBy, pause } from './pause.ts';
import { ConnectionError, errorOf, TimeoutError, USVideoError } from './errors.ts';
import { delayMs, mayRepeat, type Repetition } from './retry.ts';
import { VERSION } from './version.ts';

/** What every method takes as its last argument. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly maxRetries?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export type Query = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>
>;

export interface Call extends RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/v1` on. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON; a form as it is. */
  readonly body?: unknown;
  /** `safe` by default. */
  readonly repetition?: Repetition;
}

const USER_AGENT = `usvideoapi-typescript/${VERSION}`;

/** Sends requests: with key, time-out and repetitions; every failure is a USVideoError. */
export class Transport {
  readonly config: Config;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(config: Config) {
    this.config = config;
    // A browser refuses or ignores a user agent of ours; it has its own.
    this.headers = {
      accept: 'application/json',
      authorization: `Bearer ${config.apiKey}`,
      'user-agent': USER_AGENT,
      ...config.headers,
    };
  }

  async json<T>(call: Call): Promise<T> {
    const text = await this.text(call);
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new USVideoError({
        code: 'unexpected_response',
        message: `${call.method} ${call.path} answered what is no JSON: ${text.slice(0, 200)}`,
        cause: error,
      });
    }
  }

  text(call: Call): Promise<string> {
    return this.repeating(call, (timer) => this.read(call, timer));
  }

  /** The answer with its body still to be read; the time-out covers only its beginning. */
  open(call: Call): Promise<Response> {
    return this.repeating(call, async (timer) => {
      const response = await this.fetch(call, timer);
      if (!response.ok) throw errorOf(response.status, response.headers, await response.text());
      return response;
    });
  }

  private async read(call: Call, timer: Timer): Promise<string> {
    const response = await this.fetch(call, timer);
    const text = await response.text();
    if (!response.ok) throw errorOf(response.status, response.headers, text);
    return text;
  }

  private async repeating<T>(call: Call, once: (timer: Timer) => Promise<T>): Promise<T> {
    const { maxRetries = this.config.maxRetries, repetition = 'safe', signal } = call;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.timed(call, once);
      } catch (thrown) {
        const error = thrown as USVideoError;
        if (attempt > maxRetries || !mayRepeat(error, repetition)) throw error;
        const waitMs = delayMs(attempt, error.retryAfterMs, Math.random());
        this.config.onRetry?.({ method: call.method, path: call.path, attempt, delayMs: waitMs, error });
        await pause(waitMs, signal);
      }
    }
  }

  private async timed<T>(
    { timeoutMs = this.config.timeoutMs, signal, method, path }: Call,
    once: (timer: Timer) => Promise<T>,
  ): Promise<T> {
    const timer = new Timer(timeoutMs, signal);
    try {
      return await once(timer);
    } catch (error) {
      if (error instanceof USVideoError) throw error;
      if (signal?.aborted) throw abortedBy(signal);
      if (timer.ranOut)
        throw new TimeoutError({
          code: 'timeout',
          message: `${method} ${path} was not answered within ${timeoutMs} ms`,
          cause: error,
        });
      throw new ConnectionError({
        code: 'connection_error',
        message: `${method} ${path} was not answered: ${reasonOf(error)}`,
        cause: error,
      });
    } finally {
      timer.stop();
    }
  }

  private fetch({ method, path, query, body, headers }: Call, timer: Timer): Promise<Response> {
    const isJson = body !== undefined && !(body instanceof FormData);
    const sent: Record<string, string> = isJson
      ? { ...this.headers, 'content-type': 'application/json', ...headers }
      : { ...this.headers, ...headers };
    const init: RequestInit = { method, headers: sent, signal: timer.signal, redirect: 'error' };
    if (body !== undefined) init.body = isJson ? JSON.stringify(body) : (body as FormData);
    return this.config.fetch(`${this.config.baseUrl}${path}${queryOf(query)}`, init);
  }
}

/** Ends what it is given to when the time is up or the caller says so. */
class Timer {
  ranOut = false;
  private readonly controller = new AbortController();
  private readonly timeout: ReturnType<typeof setTimeout>;
  private readonly callers: AbortSignal | undefined;
  private readonly follow = () => this.controller.abort(this.callers?.reason);

  constructor(ms: number, callers: AbortSignal | undefined) {
    this.callers = callers;
    this.timeout = setTimeout(() => {
      this.ranOut = true;
      this.controller.abort();
    }, ms);
    if (callers?.aborted) this.follow();
    callers?.addEventListener('abort', this.follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stop(): void {
    clearTimeout(this.timeout);
    this.callers?.removeEventListener('abort', this.follow);
  }
}

/** Arrays repeat their name; what is absent, null or undefined is left out. */
function queryOf(query: Query | undefined): string {
  const pairs = Object.entries(query ?? {})
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => [name, each] as const))
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** Node's fetch says only "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  return cause instanceof Error && cause.message !== '' ? cause.message : String((error as Error).message ?? error);
}
