import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@usvideo/contracts/accounts';
import { call, type Logger } from '@usvideo/runtime';
import { Peers } from '../peers/peers.client';
import { LOGGER } from '../tokens';

const COMPLETED_WITHIN_MS = 5_000;
const RETRY_PAUSE_MS = 200;

export interface NewAccount {
  readonly email: string;
  /** Empty: nobody logs in to it. */
  readonly password: string;
  readonly accountName: string;
  readonly plan: string;
  readonly author: string;
  readonly actor: Actor;
  /** Whether the owner is signed in with it. */
  readonly signIn: boolean;
  /** An operator vouches for the address. */
  readonly emailVerified: boolean;
}

/** Opens an account: its keys and its webhook secret; its first credit comes when its owner has proven the address. */
@Injectable()
export class Registration {
  constructor(
    @Inject(Peers) private readonly peers: Peers,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether the address is known shows nowhere. The secret is undefined if the webhooks service stayed away. */
  async open(request: NewAccount) {
    const registered = await call(this.peers.accounts, 'register', request);
    const accountId = registered.account?.accountId ?? '';
    const secret = await this.persist('webhook secret', accountId, () =>
      call(this.peers.webhooks, 'ensureSecret', { accountId }),
    );
    return {
      account: registered.account,
      liveKey: registered.liveKey,
      testKey: registered.testKey,
      sessionToken: registered.sessionToken,
      webhookSecret: secret?.secret,
    };
  }

  /** The sign-up credit, once for each account whose owner proved who they are. */
  async welcome(accountIds: readonly string[], creditMicros: bigint): Promise<void> {
    if (creditMicros <= 0n) return;
    await Promise.all(
      accountIds.map((accountId) =>
        this.persist('signup credit', accountId, () => this.credit(accountId, creditMicros)),
      ),
    );
  }

  private credit(accountId: string, amountMicros: bigint) {
    return call(this.peers.ledger, 'addFunds', {
      accountId,
      amountMicros,
      source: 'promotion',
      paymentRef: `signup:${accountId}`,
      author: 'signup',
      note: 'Sign-up credit',
    });
  }

  /** The account exists and its keys are shown once, so a later step is retried and then given up on, never answered as a failure. */
  private async persist<T>(step: string, accountId: string, work: () => Promise<T>): Promise<T | undefined> {
    const deadlineMs = performance.now() + COMPLETED_WITHIN_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (performance.now() + RETRY_PAUSE_MS >= deadlineMs) {
          this.logger.error({ err: error, account: accountId, step }, 'a new account is incomplete');
          return undefined;
        }
      }
      await setTimeout(RETRY_PAUSE_MS);
    }
  }
}
