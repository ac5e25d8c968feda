import { Module } from '@nestjs/common';
import { LedgerReader } from './ledger-reader.sql';
import { StatementReader } from './statement-reader.sql';
import { UsageReader } from './usage-reader.sql';

@Module({
  providers: [LedgerReader, StatementReader, UsageReader],
  exports: [LedgerReader, StatementReader, UsageReader],
})
export class ReadingModule {}
