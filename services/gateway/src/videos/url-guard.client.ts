import { type GuardedHttpClient, LookUpFailed } from '@usvideo/runtime';
import { Tally } from '../limits/tally';
import { Refusal, serviceUnavailable } from '../refusals/refusal';

const REMEMBER_MS = 30_000;
const SERVERS_MAX = 10_000;
/** Look-ups of one account that wait for a name server at one time. */
const LOOK_UPS_PER_ACCOUNT_MAX = 8;
const RETRY_MS = 1_000;

interface KnownServer {
  readonly refusal: string | undefined;
  readonly untilMs: number;
}

/** Whether deliveries would refuse a URL. Asked once per server and half minute: the create path does not wait for the name server or the proxy each time. */
export class UrlGuard {
  private readonly known = new Map<string, KnownServer>();
  private readonly lookUps = new Tally();
  private readonly underWay = new Map<string, Promise<string | undefined>>();

  constructor(private readonly client: Pick<GuardedHttpClient, 'refusalOf'>) {}

  /** @throws Refusal service_unavailable when we could not look it up, rate_limit_exceeded when the account has too many look-ups under way. */
  async refusalOf(accountId: string, url: string): Promise<string | undefined> {
    // Path and query are not judged; some schemes, as javascript:, have neither.
    const server = URL.canParse('/', url) ? new URL('/', url).href : url;
    const known = this.known.get(server);
    if (known && known.untilMs > performance.now()) return known.refusal;
    // Orders that come at once for the same server ask for it once.
    const asked = this.underWay.get(server) ?? this.ask(accountId, server, url);
    this.underWay.set(server, asked);
    return asked;
  }

  private async ask(accountId: string, server: string, url: string): Promise<string | undefined> {
    const refusal = await this.asOneOf(accountId, () => this.client.refusalOf(url)).finally(() =>
      this.underWay.delete(server),
    );
    this.known.delete(server);
    this.known.set(server, { refusal, untilMs: performance.now() + REMEMBER_MS });
    if (this.known.size > SERVERS_MAX) this.known.delete(this.known.keys().next().value!);
    return refusal;
  }

  private async asOneOf<T>(accountId: string, lookUp: () => Promise<T>): Promise<T> {
    if (this.lookUps.of(accountId) >= LOOK_UPS_PER_ACCOUNT_MAX) {
      throw new Refusal(
        'rate_limit_exceeded',
        'Too many host names of your account are being looked up at this moment.',
        { retryAfterMs: RETRY_MS },
      );
    }
    this.lookUps.add(accountId, 1);
    try {
      return await lookUp();
    } catch (error) {
      throw error instanceof LookUpFailed ? serviceUnavailable() : error;
    } finally {
      this.lookUps.add(accountId, -1);
    }
  }
}
