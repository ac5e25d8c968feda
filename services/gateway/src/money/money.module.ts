import { Module } from '@nestjs/common';
import { AutoTopUpController } from './auto-top-up.controller';
import { BillingController } from './billing.controller';
import { PaymentsController } from './payments.controller';
import { StatementsController } from './statements.controller';
import { TopUpsController } from './top-ups.controller';

@Module({
  controllers: [BillingController, StatementsController, TopUpsController, AutoTopUpController, PaymentsController],
})
export class MoneyModule {}
