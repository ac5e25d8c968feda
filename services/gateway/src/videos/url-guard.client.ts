import type { GuardedHttpClient } from '@usvideo/runtime';

const REMEMBER_MS = 30_000;
const URLS_MAX = 10_000;

interface Verdict {
  readonly refusal: string | undefined;
  readonly untilMs: number;
}

/** Whether deliveries would refuse a URL. Asked once per URL and half minute: the create path does not wait for the name server each time. */
export class UrlGuard {
  private readonly verdicts = new Map<string, Verdict>();

  constructor(private readonly client: Pick<GuardedHttpClient, 'refusalOf'>) {}

  async refusalOf(url: string): Promise<string | undefined> {
    const known = this.verdicts.get(url);
    if (known && known.untilMs > Date.now()) return known.refusal;
    const refusal = await this.client.refusalOf(url);
    this.verdicts.delete(url);
    this.verdicts.set(url, { refusal, untilMs: Date.now() + REMEMBER_MS });
    if (this.verdicts.size > URLS_MAX) this.verdicts.delete(this.verdicts.keys().next().value!);
    return refusal;
  }
}
