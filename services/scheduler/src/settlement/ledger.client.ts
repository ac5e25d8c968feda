import {
  LedgerServiceClient,
  type LedgerAnswer,
  type LedgerCall,
  type PendingHold,
  type PlaceHold,
  type PlaceHoldAnswer,
  type Settle,
  type SettleAnswer,
  type VoidHold,
  type VoidHoldAnswer,
} from '@usvideo/contracts/ledger';
import { EventLogServiceClient } from '@usvideo/contracts/events';
import type { LogReader } from '@usvideo/event-store';
import { remoteLog } from '@usvideo/messaging';
import { ExchangeClient, ExchangeUnavailable } from '@usvideo/exchange';
import { call, dial, type Logger, type Running } from '@usvideo/runtime';

/**
 * What the scheduler asks of the ledger. Whatever is thrown means that the outcome is unknown: the call may have been carried
 * out, and may be sent again under the same job id.
 */
export interface LedgerPort {
  placeHold(hold: PlaceHold, timeoutMs: number): Promise<PlaceHoldAnswer>;
  voidHold(hold: VoidHold, timeoutMs: number): Promise<VoidHoldAnswer>;
  settle(settle: Settle, timeoutMs: number): Promise<SettleAnswer>;
  /** Oldest first, and as old by the ledger's own clock, which placed them. @param afterJobId the last hold of the page before; undefined: the first page. */
  listPendingHolds(olderThanSeconds: number, limit: number, afterJobId?: string): Promise<PendingHold[]>;
  /** Those of these jobs, 500 at most. A ledger of the version before answers those of other jobs. */
  pendingHoldsOf(jobIds: readonly string[]): Promise<PendingHold[]>;
  /** What it recorded of all accounts. */
  readonly events: LogReader;
}

export const LEDGER_TOPIC = 'usvideo.ledger.v1';

type Answer = NonNullable<LedgerAnswer['answer']>;
type AnswerCase = Exclude<Answer['$case'], 'fault'>;
type AnswerValue<Case extends AnswerCase> = Extract<Answer, { $case: Case }>['value'];

export class LedgerClient implements LedgerPort, Running {
  private readonly client: LedgerServiceClient;
  readonly events: LogReader;
  private readonly log: EventLogServiceClient;
  private readonly exchange: ExchangeClient<LedgerCall, LedgerAnswer>;

  constructor(address: string, token: string | undefined, logger: Logger) {
    this.client = dial(LedgerServiceClient, address, token);
    this.log = dial(EventLogServiceClient, address, token);
    this.events = remoteLog(this.log, LEDGER_TOPIC);
    this.exchange = new ExchangeClient({ open: () => this.client.exchange(), logger });
  }

  placeHold(value: PlaceHold, timeoutMs: number): Promise<PlaceHoldAnswer> {
    return this.ask({ $case: 'placeHold', value }, 'placeHold', timeoutMs);
  }

  voidHold(value: VoidHold, timeoutMs: number): Promise<VoidHoldAnswer> {
    return this.ask({ $case: 'voidHold', value }, 'voidHold', timeoutMs);
  }

  settle(value: Settle, timeoutMs: number): Promise<SettleAnswer> {
    return this.ask({ $case: 'settle', value }, 'settle', timeoutMs);
  }

  async listPendingHolds(olderThanSeconds: number, limit: number, afterJobId?: string): Promise<PendingHold[]> {
    const now = new Date();
    const placedBefore = new Date(now.getTime() - olderThanSeconds * 1_000);
    return (
      await call(this.client, 'listPendingHolds', { olderThanSeconds, placedBefore, limit, afterJobId, jobIds: [] })
    ).holds;
  }

  async pendingHoldsOf(jobIds: readonly string[]): Promise<PendingHold[]> {
    return (
      await call(this.client, 'listPendingHolds', {
        placedBefore: new Date(),
        limit: jobIds.length,
        jobIds: [...jobIds],
      })
    ).holds;
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
    this.client.close();
    this.log.close();
  }

  private async ask<Case extends AnswerCase>(
    request: NonNullable<LedgerCall['call']>,
    answers: Case,
    timeoutMs: number,
  ): Promise<AnswerValue<Case>> {
    const { answer } = await this.exchange.request({ call: request }, timeoutMs);
    if (answer?.$case !== answers)
      throw new ExchangeUnavailable(`${answers} was answered with ${answer?.$case ?? 'nothing'}`);
    return answer.value as AnswerValue<Case>;
  }
}
