import { call, hasStatus, status, type Logger } from '@usvideo/runtime';
import { invalidRequest } from '../refusals/refusal';
import type { Peers } from '../peers/peers.client';

const COMPLETED_WITHIN_MS = 5_000;
const RETRY_PAUSE_MS = 200;

export interface NewAccount {
  readonly email: string;
  /** Empty: nobody logs in to it. */
  readonly password: string;
  readonly accountName: string;
  readonly plan: string;
  readonly author: string;
  readonly creditMicros: bigint;
}

/** Opens an account: its keys, its webhook secret, its first credit. Each step may be repeated; only the first can refuse. */
export class Registration {
  constructor(private readonly peers: Peers, private readonly logger: Logger) {}

  /** @throws Refusal invalid_request when the email is taken. The secret is undefined if the webhooks service stayed away. */
  async open({ creditMicros, ...request }: NewAccount) {
    const registered = await this.register(request);
    const accountId = registered.account?.accountId ?? '';
    const [secret] = await Promise.all([
      this.persist('webhook secret', accountId, () => call(this.peers.webhooks, 'ensureSecret', { accountId })),
      creditMicros > 0n && this.persist('signup credit', accountId, () => this.credit(accountId, creditMicros)),
    ]);
    return { account: registered.account, liveKey: registered.liveKey, testKey: registered.testKey, webhookSecret: secret?.secret };
  }

  private async register(request: Omit<NewAccount, 'creditMicros'>) {
    try {
      return await call(this.peers.accounts, 'register', request);
    } catch (error) {
      if (hasStatus(error, status.ALREADY_EXISTS)) throw invalidRequest([{ field: 'email', message: 'is registered already' }]);
      throw error;
    }
  }

  private credit(accountId: string, amountMicros: bigint) {
    return call(this.peers.ledger, 'addFunds', {
      accountId, amountMicros, source: 'promotion', paymentRef: `signup:${accountId}`, author: 'signup', note: 'Sign-up credit',
    });
  }

  /** The account exists and its keys are shown once, so a later step is retried and then given up on, never answered as a failure. */
  private async persist<T>(step: string, accountId: string, work: () => Promise<T>): Promise<T | undefined> {
    const deadlineMs = Date.now() + COMPLETED_WITHIN_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() + RETRY_PAUSE_MS >= deadlineMs) {
          this.logger.error({ err: error, account: accountId, step }, 'a new account is incomplete');
          return undefined;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }
}
