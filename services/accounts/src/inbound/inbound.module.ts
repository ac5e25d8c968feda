import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/account.module';
import { AuditModule } from '../audit/audit.module';
import { KeysModule } from '../keys/keys.module';
import { MailModule } from '../mail/mail.module';
import { OperatorsModule } from '../operators/operators.module';
import { PeopleModule } from '../people/people.module';
import { RetentionModule } from '../retention/retention.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { AccountsController } from './accounts.grpc';
import { AuditController } from './audit.grpc';
import { KeysController } from './keys.grpc';
import { MembersController } from './members.grpc';
import { OperatorsController } from './operators.grpc';
import { OrdersController } from './orders.grpc';
import { SignInController } from './sign-in.grpc';
import { WaysInController } from './ways-in.grpc';

@Module({
  imports: [
    AccountModule,
    AuditModule,
    KeysModule,
    MailModule,
    OperatorsModule,
    PeopleModule,
    RetentionModule,
    SignInModule,
  ],
  controllers: [
    AccountsController,
    AuditController,
    KeysController,
    MembersController,
    OperatorsController,
    OrdersController,
    SignInController,
    WaysInController,
  ],
})
export class InboundModule {}
