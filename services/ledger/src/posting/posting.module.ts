import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import type { Publisher } from '@usvideo/messaging';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER, PUBLISHER } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import { LedgerWriter } from './ledger-writer.service';
import { SandboxOpener } from './sandbox-opener.service';

@Module({
  providers: [
    { provide: LedgerWriter, inject: [CONFIG, DATABASE, PUBLISHER, LOGGER, Lifecycle], useFactory: openWriter },
    SandboxOpener,
  ],
  exports: [LedgerWriter, SandboxOpener],
})
export class PostingModule {}

function openWriter(
  { WRITER_LANES: lanes }: LedgerConfig,
  database: Database,
  publisher: Publisher,
  logger: Logger,
  lifecycle: Lifecycle,
): LedgerWriter {
  const writer = new LedgerWriter({ database, lanes, onCommitted: () => publisher.nudge(), logger });
  lifecycle.add('writer lanes', () => writer.settled());
  return writer;
}
