import { Module } from '@nestjs/common';
import { LedgerReader } from './ledger-reader.sql';
import { RevenueReader } from './revenue-reader.sql';
import { StatementReader } from './statement-reader.sql';
import { UsageReader } from './usage-reader.sql';

@Module({
  providers: [LedgerReader, RevenueReader, StatementReader, UsageReader],
  exports: [LedgerReader, RevenueReader, StatementReader, UsageReader],
})
export class ReadingModule {}
