import { startLoop, type Logger, type Loop } from '@usvideo/runtime';
import type { AccountReader } from './account-reader.sql';
import type { AccountStore } from './account.store';
import type { SchedulerLimitsClient } from './scheduler-limits.client';

const EVERY_MS = 1_000;
const AT_ONCE_MAX = 100;
const AUTHOR = 'expiry';

/** Brings back the limits before, where those in force had an end. */
export function startLimitsEnd(
  reader: AccountReader,
  store: AccountStore,
  limits: SchedulerLimitsClient,
  logger: Logger,
): Loop {
  return startLoop({
    name: 'accounts_limits_end',
    everyMs: EVERY_MS,
    logger,
    work: async () => {
      const ended = await reader.endedLimits(AT_ONCE_MAX);
      for (const { accountId, environment } of ended) {
        const actor = { author: AUTHOR, address: '', requestId: '' };
        const executed = await store.execute(accountId, actor, (now) => ({
          type: 'EndLimits',
          accountId,
          environment,
          now,
          author: AUTHOR,
        }));
        if (executed.refusal === undefined) await limits.push(accountId, executed.state, [environment]);
      }
      return ended.length === AT_ONCE_MAX;
    },
  });
}
