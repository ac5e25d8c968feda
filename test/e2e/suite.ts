import { agents } from './agents';
import { apiKeys } from './keys';
import { billing } from './billing';
import { refusals } from './errors';
import type { ServedPlatform } from './platform';
import { theReference } from './reference';
import { theSandbox } from './sandbox';
import { ownAccount } from './stage';
import { cancelling } from './videos-cancel';
import { creating } from './videos-create';
import { idempotency } from './videos-idempotency';
import { lifeOfAVideo } from './videos-lifecycle';
import { webhookEndpoints } from './webhook-endpoints';

export interface Pace {
  /** Rounds of the race between a cancel and the start of a render. */
  readonly races: number;
  /** How many values of progress a render of five seconds shows at least. */
  readonly progressValuesMin: number;
}

/** Another process than the worker's reads progress from the lease row, which is written once a second. */
export const FROM_ANOTHER_PROCESS: Pace = { races: 5, progressValuesMin: 3 };

/** What a customer and an operator see, the same however the platform runs; each group of tests on an account of its own. */
export function endToEnd(platform: () => ServedPlatform, { races, progressValuesMin }: Pace): void {
  idempotency(ownAccount(platform));
  theSandbox(ownAccount(platform));
  creating(ownAccount(platform));
  cancelling(ownAccount(platform), races);
  lifeOfAVideo(ownAccount(platform), progressValuesMin);
  webhookEndpoints(ownAccount(platform));
  apiKeys(ownAccount(platform));
  refusals(ownAccount(platform));
  theReference(ownAccount(platform));
  billing(ownAccount(platform));
  agents(ownAccount(platform));
}
