import { Inject, Injectable } from '@nestjs/common';
import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { call, dial, Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, LOGGER } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import type { AccountState } from './account';
import type { Environment } from './plan';

/** Limits take effect within a second; a scheduler that needs longer hears of them through the event. */
const DEADLINE_MS = 800;

/** Tells the scheduler at once what an account may do. The account's event is the safety net, so a failure here loses nothing. */
@Injectable()
export class SchedulerLimitsClient {
  private readonly client: SchedulerServiceClient;

  constructor(
    @Inject(CONFIG) config: AccountsConfig,
    lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.client = dial(SchedulerServiceClient, config.SCHEDULER_GRPC_URL, config.SERVICE_TOKEN);
    lifecycle.add('scheduler client', async () => this.client.close());
  }

  async push(accountId: string, state: AccountState, environments: readonly Environment[]): Promise<void> {
    await Promise.all(environments.map((environment) => this.pushOne(accountId, state, environment)));
  }

  private async pushOne(accountId: string, state: AccountState, environment: Environment): Promise<void> {
    const { limits, limitsVersion, suspended } = state;
    try {
      const request = { accountId, environment, limits: limits[environment], limitsVersion, suspended };
      await call(this.client, 'syncLimits', request, { deadlineMs: DEADLINE_MS });
    } catch (error) {
      this.logger.warn(
        { err: error, account_id: accountId, environment },
        'limits were not pushed; the scheduler takes them from the event',
      );
    }
  }
}
