import { USVideoError } from './errors.ts';

export interface Retry {
  readonly method: string;
  readonly path: string;
  /** 1 for the first repetition. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: USVideoError;
}

export interface ClientOptions {
  /** Where the platform is, such as `https://video.example.com`; `USVIDEO_BASE_URL` by default. There is no default host. */
  readonly baseUrl?: string | undefined;
  /** `usv_live_…` or `usv_test_…`; `USVIDEO_API_KEY` by default. */
  readonly apiKey?: string | undefined;
  /** How often a request is sent again, 2 by default. */
  readonly maxRetries?: number | undefined;
  /** Of one request, its answer included; 60,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Instead of the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Sent with every request to the platform, such as what a proxy in front of it wants. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Told before each repetition. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

export interface Config {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly onRetry: ((retry: Retry) => void) | undefined;
}

const MAX_RETRIES = 2;
const TIMEOUT_MS = 60_000;

/** @throws USVideoError `invalid_configuration` that names what is missing or wrong. */
export function configure(options: ClientOptions): Config {
  const environment = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};
  return {
    baseUrl: addressOf(options.baseUrl ?? environment.USVIDEO_BASE_URL),
    apiKey: keyOf(options.apiKey ?? environment.USVIDEO_API_KEY),
    maxRetries: naturalOf('maxRetries', options.maxRetries ?? MAX_RETRIES, 0),
    timeoutMs: naturalOf('timeoutMs', options.timeoutMs ?? TIMEOUT_MS, 1),
    // Some runtimes refuse their fetch when it is called as a method of something else.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    headers: options.headers ?? {},
    onRetry: options.onRetry,
  };
}

function addressOf(baseUrl: string | undefined): string {
  if (!baseUrl) throw invalid('No base URL: pass `baseUrl` or set USVIDEO_BASE_URL to where the platform is.');
  if (!/^https?:\/\/[^/?#]+[^?#]*$/.test(baseUrl))
    throw invalid('The base URL must be http:// or https:// and have neither query nor fragment.');
  return baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function keyOf(apiKey: string | undefined): string {
  if (!apiKey) throw invalid('No API key: pass `apiKey` or set USVIDEO_API_KEY.');
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw invalid('The API key holds a space or a character that no key has.');
  return apiKey;
}

function naturalOf(name: string, value: number, min: number): number {
  if (!Number.isSafeInteger(value) || value < min) throw invalid(`\`${name}\` must be an integer of at least ${min}.`);
  return value;
}

function invalid(message: string): USVideoError {
  return new USVideoError({ code: 'invalid_configuration', message });
}
