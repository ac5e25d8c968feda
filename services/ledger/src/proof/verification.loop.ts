import { Inject, Injectable } from '@nestjs/common';
import { startDaily, type Logger, type Loop, type Running } from '@usvideo/runtime';
import { LOGGER } from '@usvideo/service';
import { LedgerVerifier, type Verification as Report } from './verifier.sql';
import { ledgerDifferences, ledgerLastVerified } from '../metrics';

/** Re-derives the ledger once a day and whenever an operator asks; what it finds is an alarm. */
@Injectable()
export class Verification implements Running {
  private loop: Loop | undefined;

  constructor(
    private readonly verifier: LedgerVerifier,
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
    const report = await this.verifier.verify(knownRoot);
    if (knownRoot !== '') return report;
    ledgerDifferences.set(report.differences.length);
    ledgerLastVerified.setToCurrentTime();
    for (const difference of report.differences)
      this.logger.error({ difference }, 'the ledger is not what its events say');
    return report;
  }
}
