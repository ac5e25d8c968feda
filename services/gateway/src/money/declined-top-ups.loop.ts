import type { MembersServiceClient } from '@usvideo/contracts/accounts';
import type { LedgerServiceClient } from '@usvideo/contracts/ledger';
import { call, startLoop, type Logger, type Loop, type Running } from '@usvideo/runtime';

const EVERY_MS = 10_000;
const AT_ONCE = 20;

export interface DeclinedTopUpsOptions {
  readonly ledger: LedgerServiceClient;
  readonly members: MembersServiceClient;
  readonly logger: Logger;
}

/**
 * Has the owners of an account written to when its saved card was declined. The ledger keeps of whom, accounts knows their addresses, and
 * neither calls the other. Whoever falls in between has it done again: a letter may come twice, and is not lost.
 */
export class DeclinedTopUps implements Running {
  private loop: Loop | undefined;

  constructor(private readonly options: DeclinedTopUpsOptions) {}

  start(): this {
    this.loop = startLoop({
      name: 'declined_top_ups',
      everyMs: EVERY_MS,
      work: () => this.tell(),
      logger: this.options.logger,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** True: there may be more. */
  async tell(): Promise<boolean> {
    const { ledger, members } = this.options;
    const { topUps } = await call(ledger, 'claimDeclinedTopUps', { limit: AT_ONCE });
    for (const { topUpId, accountId, amountMicros, paymentMethod } of topUps) {
      await call(members, 'tellTopUpDeclined', { topUpId, accountId, amountMicros, paymentMethod });
      await call(ledger, 'declinedTopUpsTold', { topUpIds: [topUpId] });
    }
    return topUps.length === AT_ONCE;
  }
}
