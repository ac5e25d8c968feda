import { AccountsServiceService, MembersServiceService, OperatorsServiceService } from '@usvideo/contracts/accounts';
import type { EventTransport } from '@usvideo/messaging';
import type { Logger, Service } from '@usvideo/runtime';
import { startService } from '@usvideo/service';
import type { AccountsConfig } from './config';
import { InboundModule } from './inbound/inbound.module';
import { ACCOUNTS_MIGRATIONS } from './migrations/all';

export { accountsProcessSchema, readAccountsConfig, type AccountsConfig } from './config';

export const ACCOUNTS_TOPIC = 'usvideo.accounts.v1';

export interface AccountsOptions {
  readonly config: AccountsConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
}

export function startAccounts(options: AccountsOptions): Promise<Service> {
  return startService(
    {
      name: 'accounts',
      migrations: ACCOUNTS_MIGRATIONS,
      publishes: ACCOUNTS_TOPIC,
      grpc: {
        'usvideo.accounts.v1.AccountsService': AccountsServiceService,
        'usvideo.accounts.v1.MembersService': MembersServiceService,
        'usvideo.accounts.v1.OperatorsService': OperatorsServiceService,
      },
      modules: [InboundModule],
    },
    options,
  );
}
