import { Module } from '@nestjs/common';
import { PostingModule } from '../posting/posting.module';
import { PricesModule } from '../prices/prices.module';
import { ProofModule } from '../proof/proof.module';
import { ReadingModule } from '../reading/reading.module';
import { TopUpsModule } from '../top-ups/top-ups.module';
import { AutoTopUpsController } from './auto-top-ups.grpc';
import { LedgerController } from './ledger.grpc';
import { MoneyController } from './money.grpc';
import { PricesController } from './prices.grpc';
import { ProofController } from './proof.grpc';
import { StatementsController } from './statements.grpc';
import { TopUpsController } from './top-ups.grpc';

@Module({
  imports: [PostingModule, PricesModule, ProofModule, ReadingModule, TopUpsModule],
  controllers: [
    AutoTopUpsController,
    LedgerController,
    MoneyController,
    PricesController,
    StatementsController,
    TopUpsController,
    ProofController,
  ],
  exports: [PostingModule],
})
export class InboundModule {}
