import { Inject, Injectable } from '@nestjs/common';
import { databaseNow, type Database } from '@usvideo/event-store';
import { startDaily, type Logger, type Loop, type Running } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import { VerificationRuns } from './verification-runs.sql';
import { LedgerVerifier, type Verification as Report } from './verifier.sql';
import { ledgerDifferences, ledgerLastVerified } from '../metrics';

/** Re-derives the ledger once a day and whenever an operator asks; what it finds is an alarm. */
@Injectable()
export class Verification implements Running {
  private loop: Loop | undefined;

  constructor(
    private readonly verifier: LedgerVerifier,
    private readonly runs: VerificationRuns,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): this {
    this.loop = startDaily({ name: 'ledger_verification', work: () => this.run(), logger: this.logger });
    return this;
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** @param knownRoot as somebody kept it outside; a mistyped one is that person's to see and nobody's alarm */
  async run(knownRoot = ''): Promise<Report> {
    const startedAt = await databaseNow(this.database);
    const report = await this.verifier.verify(knownRoot);
    if (knownRoot !== '') return report;
    await this.runs.keep(startedAt, report);
    ledgerDifferences.set(report.differences.length);
    ledgerLastVerified.setToCurrentTime();
    for (const difference of report.differences)
      this.logger.error({ difference }, 'the ledger is not what its events say');
    return report;
  }
}
