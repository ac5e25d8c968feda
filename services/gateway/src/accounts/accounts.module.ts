import { Module } from '@nestjs/common';
import { AccountController } from './account.controller';
import { ApiKeysController } from './api-keys.controller';
import { MembersController } from './members.controller';
import { OidcController } from './oidc.controller';
import { PasskeysController } from './passkeys.controller';
import { Registration } from './registration.client';
import { RegistrationController } from './registration.controller';
import { SignInController } from './sign-in.controller';

@Module({
  controllers: [
    AccountController,
    ApiKeysController,
    RegistrationController,
    SignInController,
    OidcController,
    PasskeysController,
    MembersController,
  ],
  providers: [Registration],
})
export class AccountsModule {}
