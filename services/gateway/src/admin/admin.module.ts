import { Module } from '@nestjs/common';
import { Registration } from '../accounts/registration.client';
import { OperatorsModule } from '../operators/operators.module';
import { AccountData } from './account-data.client';
import { AdminAccountLifeController } from './account-life.controller';
import { AdminController } from './accounts.controller';
import { AdminBusinessController } from './business.controller';
import { AdminEventsController } from './events.controller';
import { AdminFleetController } from './fleet.controller';
import { AdminMoneyController } from './money.controller';
import { AdminProofController } from './proof.controller';
import { AdminReferenceController } from './reference.controller';

@Module({
  imports: [OperatorsModule],
  controllers: [
    AdminController,
    AdminAccountLifeController,
    AdminBusinessController,
    AdminEventsController,
    AdminFleetController,
    AdminMoneyController,
    AdminProofController,
    AdminReferenceController,
  ],
  providers: [AccountData, Registration],
})
export class AdminModule {}
