import type { GuardedHttpClient } from '@usvideo/runtime';

const REMEMBER_MS = 30_000;
const SERVERS_MAX = 10_000;

interface Verdict {
  readonly refusal: string | undefined;
  readonly untilMs: number;
}

/** Whether deliveries would refuse a URL. Asked once per server and half minute: the create path does not wait for the name server or the proxy each time. */
export class UrlGuard {
  private readonly verdicts = new Map<string, Verdict>();

  constructor(private readonly client: Pick<GuardedHttpClient, 'refusalOf'>) {}

  async refusalOf(url: string): Promise<string | undefined> {
    // Path and query are not judged.
    const server = URL.canParse(url) ? new URL('/', url).href : url;
    const known = this.verdicts.get(server);
    if (known && known.untilMs > Date.now()) return known.refusal;
    const refusal = await this.client.refusalOf(url);
    this.verdicts.delete(server);
    this.verdicts.set(server, { refusal, untilMs: Date.now() + REMEMBER_MS });
    if (this.verdicts.size > SERVERS_MAX) this.verdicts.delete(this.verdicts.keys().next().value!);
    return refusal;
  }
}
