import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { call, dial, type Logger } from '@usvideo/runtime';
import type { AccountState } from './account';
import type { Environment } from './plan';

/** Limits take effect within a second; a scheduler that needs longer hears of them through the event. */
const DEADLINE_MS = 800;

/** Tells the scheduler at once what an account may do. The account's event is the safety net, so a failure here loses nothing. */
export class SchedulerLimitsClient {
  private readonly client: SchedulerServiceClient;

  constructor(address: string, token: string | undefined, private readonly logger: Logger) {
    this.client = dial(SchedulerServiceClient, address, token);
  }

  async push(accountId: string, state: AccountState, environments: readonly Environment[]): Promise<void> {
    await Promise.all(environments.map((environment) => this.pushOne(accountId, state, environment)));
  }

  stop(): void {
    this.client.close();
  }

  private async pushOne(accountId: string, state: AccountState, environment: Environment): Promise<void> {
    const { limits, limitsVersion, suspended } = state;
    try {
      const request = { accountId, environment, limits: limits[environment], limitsVersion, suspended };
      await call(this.client, 'syncLimits', request, { deadlineMs: DEADLINE_MS });
    } catch (error) {
      this.logger.warn({ err: error, account_id: accountId, environment }, 'limits were not pushed; the scheduler takes them from the event');
    }
  }
}
